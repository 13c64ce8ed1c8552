import assert from "node:assert/strict";
import { test } from "node:test";

import { Line, phaseOf, SILENCE_MS } from "../../../static/js/replay/line.js";

const bars = { totals: [1, 0], order: [[0], [1]] };
const moments = [
  { at: 1000, mark: "created", options: ["a", "b"] },
  { at: 5000, mark: "opened", round: 1, state: "open", voters: 0 },
  { at: 5000 + 10 * SILENCE_MS, voters: 1, bars },
  { at: 6000 + 10 * SILENCE_MS, mark: "revealed", state: "revealed" },
];
const comments = [{ at: 7000 }, { at: 7000 + 10 * SILENCE_MS }];
const line = new Line({ moments, comments });

test("a silence is cut, and everything else keeps its length", () => {
  assert.equal(line.placeOf(1000), 0);
  assert.equal(line.placeOf(5000), 4000);
  assert.equal(line.placeOf(7000), 6000);
  assert.equal(line.placeOf(moments[2].at), 6000 + SILENCE_MS);
  assert.equal(line.length, 8000 + SILENCE_MS);
});

test("each place has its time, which never goes back", () => {
  let last = 0;
  for (let place = 0; place <= line.length; place += 500) {
    const at = line.timeAt(place);
    assert.ok(at > last, `${at} at ${place}`);
    last = at;
  }
  for (const { at } of [...moments, ...comments]) assert.equal(line.timeAt(line.placeOf(at)), at);
  // What comes after a silence has not come before its end.
  assert.ok(line.timeAt(line.placeOf(moments[2].at) - 1) < moments[2].at);
});

test("what is so is what all moments before have said", () => {
  assert.deepEqual(line.countsAt(4999), { moments: 1, comments: 0 });
  assert.deepEqual(line.countsAt(7000), { moments: 2, comments: 1 });
  const nothing = line.after(0);
  assert.deepEqual([nothing.round, nothing.bars, nothing.decision], [0, null, null]);
  const end = line.after(4);
  assert.deepEqual(
    [end.options, end.round, end.state, end.voters, end.bars],
    [["a", "b"], 1, "revealed", 1, bars],
  );
  assert.ok(!("at" in end));
});

test("a meeting without anything has no length", () => {
  const empty = new Line({ moments: [], comments: [] });
  assert.deepEqual([empty.length, empty.timeAt(0), empty.placeOf(9)], [0, 0, 0]);
});

test("the phase is that of the round while it goes on, and else the outcome", () => {
  const shown = { ...line.after(0), state: "open", decision: "a", deferred: false };
  assert.equal(phaseOf(shown), "open");
  assert.equal(phaseOf({ ...shown, state: "revealed" }), "decided");
  assert.equal(phaseOf({ ...shown, state: "revealed", decision: null }), "revealed");
  assert.equal(phaseOf({ ...shown, state: null, decision: null, deferred: true }), "deferred");
  assert.equal(phaseOf(line.after(0)), "setup");
});
