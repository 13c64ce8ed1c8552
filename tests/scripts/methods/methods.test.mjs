import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";

import { methods } from "../../../static/js/methods/index.js";
import { cellOf } from "../../../static/js/methods/matrix.js";
import { groupsOf, moves, placeOf } from "../../../static/js/methods/ranked.js";

const OPTIONS = ["a", "b", "c"];
const about = (settings = {}) => ({
  round: { settings },
  options: OPTIONS,
  name: (id) => id.toUpperCase(),
});

test("each method of the folder is in the table, with all that the pages ask of it", () => {
  const files = readdirSync(new URL("../../../static/js/methods/", import.meta.url));
  const names = files.map((file) => file.replace(".js", "")).filter((name) => name !== "index");
  assert.deepEqual(Object.keys(methods).sort(), names.sort());
  for (const [name, method] of Object.entries(methods)) {
    assert.equal(Boolean(method.control) !== Boolean(method.section), true, name);
    assert.equal(typeof method.progress, "function", name);
    assert.equal(typeof method.describe, "function", name);
    assert.equal(Boolean(method.blank), Boolean(method.blankLabel), name);
  }
});

test("a blank ballot is described as one", () => {
  for (const [name, method] of Object.entries(methods)) {
    if (!method.blank) continue;
    const settings = { dots: 5, per_option: 3, criteria: [{ id: "x", name: "X" }] };
    const blank = method.blank(about(settings));
    assert.equal(method.describe(blank, about(settings)).length, 1, name);
    assert.notEqual(method.progress(blank, about(settings)), "", name);
  }
});

describe("single", () => {
  const { changed, value, describe: say } = methods.single;
  test("one choice replaces the other", () => {
    const ballot = changed(changed(null, "a", true), "b", true);
    assert.deepEqual(ballot, { choice: "b" });
    assert.deepEqual(
      OPTIONS.map((id) => value(ballot, id)),
      [false, true, false],
    );
    assert.deepEqual(say(ballot, about()), ["You chose B."]);
  });
});

describe("approval", () => {
  const { changed, value, progress, describe: say } = methods.approval;
  test("each option is a yes of its own, and none left is no vote", () => {
    const two = changed(changed(null, "a", true), "c", true);
    assert.deepEqual(two, { approve: ["a", "c"] });
    assert.equal(value(two, "c"), true);
    assert.equal(value(null, "c"), false);
    assert.deepEqual(changed(two, "a", false), { approve: ["c"] });
    assert.equal(changed({ approve: ["a"] }, "a", false), null);
  });
  test("the same yes twice is one", () => {
    assert.deepEqual(changed({ approve: ["a"] }, "a", true), { approve: ["a"] });
    assert.deepEqual(changed({ approve: ["a"] }, "b", false), { approve: ["a"] });
  });
  test("options are named in the order of the ballot", () => {
    assert.deepEqual(say({ approve: ["c", "a"] }, about()), ["You could live with A and C."]);
    assert.equal(progress({ approve: ["c", "a"] }, about()), "2 of 3 chosen");
  });
});

describe("score", () => {
  const { blank, changed, hint, isSet, progress, value, describe: say } = methods.score;
  const before4 = { ...about(), round: { settings: {}, rules: 3 } };
  test("no opinion is not a 0, and neither is a blank box", () => {
    const ballot = changed(null, "a", 0);
    assert.deepEqual(ballot, { scores: { a: 0 } });
    assert.equal(value(ballot, "a"), 0);
    assert.equal(value(ballot, "b"), undefined);
    assert.equal(isSet(0), true);
    assert.equal(isSet(null), true);
    assert.equal(isSet(undefined), false);
    const silent = changed(ballot, "a", null);
    assert.deepEqual(silent, { scores: {}, no_opinion: ["a"] });
    assert.equal(value(silent, "a"), null);
    assert.deepEqual(changed(silent, "a", 3), { scores: { a: 3 } });
    assert.deepEqual(changed(silent, "a", null), silent);
  });
  test("it names the best first, and what has no score", () => {
    const ballot = { scores: { a: 1, c: 5 } };
    const [given, none] = say(ballot, about());
    assert.equal(given, "You gave C 5 and A 1.");
    assert.equal(none, "Left blank, which counts 0: B.");
    const silent = { ...ballot, no_opinion: ["b"] };
    assert.deepEqual(say(silent, about()), [given, "No opinion on B."]);
    assert.equal(progress(silent, about()), "2 of 3 scored");
  });
  test("no opinion on any option is said of each", () => {
    const none = blank(about());
    assert.deepEqual(none, { scores: {}, no_opinion: OPTIONS });
    assert.equal(progress(none, about()), "No opinion");
    assert.equal(progress({ scores: {} }, about()), "0 of 3 scored");
  });
  test("what a blank box means is said before, and is as the round counts", () => {
    assert.match(hint(about()), /^What you leave blank counts 0\./);
    assert.equal(hint(before4), "");
    assert.deepEqual(say({ scores: { a: 1 } }, before4), [
      "You gave A 1.",
      "No opinion on B and C.",
    ]);
    assert.deepEqual(say({ scores: {} }, before4), say(blank(about()), about()));
  });
  test("a change leaves the ballot before it as it was", () => {
    const before = { scores: { a: 1 } };
    changed(before, "a", 2);
    changed(before, "b", 2);
    assert.deepEqual(before, { scores: { a: 1 } });
  });
});

describe("dots", () => {
  const { changed, value, describe: say } = methods.dots;
  const rules = about({ dots: 5, per_option: 3 });
  test("there is room for what is left, and for no more than one option may have", () => {
    assert.deepEqual(value(null, "a", rules), { n: 0, room: 3, most: 3 });
    assert.deepEqual(value({ dots: { a: 3, b: 1 } }, "b", rules), { n: 1, room: 1, most: 3 });
    assert.deepEqual(value({ dots: { a: 3, b: 2 } }, "c", rules), { n: 0, room: 0, most: 3 });
    assert.deepEqual(value({ dots: { a: 3 } }, "a", rules), { n: 3, room: 0, most: 3 });
  });
  test("an option without dots is not on the ballot", () => {
    assert.deepEqual(changed({ dots: { a: 1, b: 1 } }, "a", 0), { dots: { b: 1 } });
    assert.equal(changed({ dots: { a: 1 } }, "a", 0), null);
  });
  test("it says what is left to give", () => {
    assert.equal(say({ dots: { a: 3 } }, rules).length, 2);
    assert.equal(say({ dots: { a: 3, b: 2 } }, rules).length, 1);
  });
});

describe("matrix", () => {
  const { changed, progress, describe: say } = methods.matrix;
  const criteria = [
    { id: "x", name: "X" },
    { id: "y", name: "Y" },
  ];
  test("a score is set, changed and taken back cell by cell", () => {
    let ballot = changed(null, "a", "x", 0);
    ballot = changed(ballot, "a", "y", 4);
    ballot = changed(ballot, "b", "x", 5);
    assert.deepEqual(ballot, { scores: { a: { x: 0, y: 4 }, b: { x: 5 } } });
    assert.equal(cellOf(ballot, "a", "x"), 0);
    assert.equal(cellOf(ballot, "b", "y"), null);
    assert.equal(cellOf(null, "b", "y"), null);
    ballot = changed(ballot, "b", "x", null);
    assert.deepEqual(ballot, { scores: { a: { x: 0, y: 4 } } });
    ballot = changed(changed(ballot, "a", "x", null), "a", "y", null);
    assert.equal(ballot, null);
  });
  test("what was scored and is not on the ballot of this round does not count", () => {
    const ballot = { scores: { a: { x: 1 }, gone: { x: 1, y: 1 } } };
    assert.equal(progress(ballot, about({ criteria })), "1 of 6 scored");
    assert.equal(say(ballot, about({ criteria })).length, 2);
  });
});

describe("ranked", () => {
  const { moved, aside, describe: say, progress } = methods.ranked;
  const ranking = (...groups) => ({ ranking: groups });

  test("what is left out has no place, and those that are tied have the same", () => {
    const ballot = ranking(["a", "b"], ["c"]);
    assert.deepEqual(placeOf(ballot, "b"), { place: 1, mates: ["a"] });
    assert.deepEqual(placeOf(ballot, "c"), { place: 3, mates: [] });
    assert.deepEqual(placeOf(ballot, "d"), { place: null, mates: [] });
    assert.deepEqual(placeOf(null, "a"), { place: null, mates: [] });
  });

  const three = [["a"], ["b"], ["c"]];
  for (const [what, move, option, where, expected] of [
    ["up over the one above", "up", "b", undefined, [["b"], ["a"], ["c"]]],
    ["the first stays first", "up", "a", undefined, three],
    ["up from outside comes last", "up", "d", undefined, [...three, ["d"]]],
    ["down under the one below", "down", "b", undefined, [["a"], ["c"], ["b"]]],
    ["the last stays last", "down", "c", undefined, three],
    ["down from outside stays outside", "down", "d", undefined, three],
    ["to the very top", "between", "c", 0, [["c"], ["a"], ["b"]]],
    ["to the very end", "between", "a", 3, [["b"], ["c"], ["a"]]],
    ["to the gap above itself", "between", "b", 1, three],
    ["to the gap below itself", "between", "b", 2, three],
    ["last", "last", "a", undefined, [["b"], ["c"], ["a"]]],
    ["into a tie", "tie", "c", "a", [["a", "c"], ["b"]]],
    ["into a tie from outside", "tie", "d", "b", [["a"], ["b", "d"], ["c"]]],
    ["out", "out", "b", undefined, [["a"], ["c"]]],
    ["out from outside", "out", "d", undefined, three],
  ]) {
    test(what, () => {
      const before = structuredClone(three);
      assert.deepEqual(moves[move](before, option, where), expected);
      assert.deepEqual(before, three);
    });
  }

  test("out of a tie: up is just above it, down just below", () => {
    const tied = [["x"], ["a", "b", "c"], ["y"]];
    assert.deepEqual(moves.up(tied, "b"), [["x"], ["b"], ["a", "c"], ["y"]]);
    assert.deepEqual(moves.down(tied, "b"), [["x"], ["a", "c"], ["b"], ["y"]]);
    assert.deepEqual(moves.between(tied, "b", 2), [["x"], ["a", "c"], ["b"], ["y"]]);
  });

  test("no move loses an option, has one twice, or leaves an empty group", () => {
    const cases = [
      [["a"], ["b"], ["c"], ["d"]],
      [
        ["a", "b"],
        ["c", "d"],
      ],
      [["a", "b", "c", "d"]],
    ];
    for (const groups of cases) {
      for (const option of groups.flat()) {
        for (const [name, move] of Object.entries(moves)) {
          const others = groups.flat().filter((id) => id !== option);
          const places =
            name === "tie" ? others : name === "between" ? [0, 1, 2, 3, 4] : [undefined];
          for (const where of places) {
            const after = move(groups, option, where);
            const expected = name === "out" ? others : groups.flat();
            assert.deepEqual(after.flat().sort(), [...expected].sort(), `${name} ${option}`);
            assert.ok(
              after.every((group) => group.length > 0),
              `${name} ${option}`,
            );
          }
        }
      }
    }
  });

  test("a ballot on which nothing is ranked any more is no vote", () => {
    assert.equal(moved(ranking(["a"]), "out", "a"), null);
    assert.deepEqual(moved(null, "last", "a"), ranking(["a"]));
    assert.deepEqual(groupsOf(null), []);
  });

  test("it says each place, the ties, and what is below all", () => {
    assert.deepEqual(say(ranking(["b", "a"]), about()), ["1. B and A (tied)", "Below all: C"]);
    assert.deepEqual(say(ranking(["a", "b"], ["c"]), about()), ["1. A and B (tied)", "3. C"]);
    assert.equal(progress(ranking(["b", "a"]), about()), "2 of 3 ranked");
    assert.equal(aside(ranking(["b", "a"]), "a"), "1st in your ranking, tied");
    assert.equal(aside(ranking(["b"]), "a"), "");
  });
});
