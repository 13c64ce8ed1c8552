import assert from "node:assert/strict";
import { test } from "node:test";

import { beatsOf } from "../../../static/js/home/beats.js";

const beats = beatsOf({ voters: 12, places: 4 });
const of = (phase) => beats.filter((beat) => beat.phase === phase);

test("it begins and ends with the whole result, and lasts about half a minute", () => {
  const [first, last] = [beats[0], beats.at(-1)];
  assert.deepEqual([first.phase, first.waits, first.fills], ["revealed", 0, false]);
  assert.deepEqual([last.phase, last.waits, last.fills], ["revealed", 0, true]);
  const seconds = beats.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  assert.ok(seconds > 20 && seconds < 35, String(seconds));
});

test("people vote one by one, and nothing of the result is shown before the reveal", () => {
  assert.deepEqual(
    of("open").map(({ voted }) => voted),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
  for (const beat of [...of("open"), ...of("locked")]) assert.equal(beat.waits, 4);
});

test("the reveal shows the places from the last to the second, and then holds its breath", () => {
  const reveal = of("revealing");
  assert.deepEqual(
    reveal.map(({ waits }) => waits),
    [4, 3, 2, 1],
  );
  assert.equal(Math.max(...reveal.map(({ ms }) => ms)), reveal.at(-1).ms);
});

test("nothing flashes: a change a third of a second is the fastest", () => {
  assert.ok(beats.every(({ ms }) => ms >= 333));
});
