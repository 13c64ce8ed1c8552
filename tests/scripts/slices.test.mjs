import assert from "node:assert/strict";
import { test } from "node:test";
import { Drawing, nextTask, workInSlices } from "../../static/js/slices.js";

let time = 0;
const pass = (ms) => (time += ms);

/** Has the clock stand still but for `pass`; the slices of before are over. */
function standingClock(t) {
  t.mock.method(performance, "now", () => time);
  pass(1_000);
}

/** Steps that take their time, and note that they were done. */
function* steps(names, { done, ms = 0 }) {
  for (const name of names) {
    pass(ms);
    done.push(name);
    yield;
  }
}

test("what fits into a slice is done at once", (t) => {
  standingClock(t);
  const done = [];
  workInSlices(steps(["a", "b", "c"], { done }));
  assert.deepEqual(done, ["a", "b", "c"]);
});

test("what takes longer lets other tasks have their turn", async (t) => {
  standingClock(t);
  const done = [];
  const work = workInSlices(steps(["a", "b", "c"], { done, ms: 50 }));
  assert.deepEqual(done, ["a"]);
  await nextTask();
  assert.notDeepEqual(done, ["a", "b", "c"]);
  await work;
  assert.deepEqual(done, ["a", "b", "c"]);
});

test("work that was given up ends", async (t) => {
  standingClock(t);
  const done = [];
  const old = steps(["a", "b"], { done, ms: 50 });
  const work = workInSlices(old);
  old.return();
  await work;
  assert.deepEqual(done, ["a"]);
});

/** A picture of three views, each of which takes long, and of what is true. */
function picture() {
  const shown = {};
  const now = { truth: "old", isThere: true };
  const drawing = new Drawing(function* draw() {
    if (!now.isThere) return false;
    for (const view of ["first", "second", "third"]) {
      pass(50);
      shown[view] = now.truth;
      yield;
    }
    return true;
  });
  return { drawing, shown, now };
}

const all = (truth) => ({ first: truth, second: truth, third: truth });

async function until(condition) {
  while (!condition()) await nextTask();
}

test("what changes during the first drawing is shown last", async (t) => {
  standingClock(t);
  const { drawing, shown, now } = picture();
  drawing.update();
  assert.deepEqual(shown, { first: "old" });
  now.truth = "new";
  drawing.update();
  await until(() => shown.first === "new");
  assert.deepEqual(shown, all("new"));
});

test("once all is drawn, a change is shown at once", async (t) => {
  standingClock(t);
  const { drawing, shown, now } = picture();
  drawing.update();
  await until(() => shown.third);
  await nextTask();
  now.truth = "new";
  drawing.update();
  assert.deepEqual(shown, all("new"));
});

test("the first drawing is that of the first moment when there is something to draw", async (t) => {
  standingClock(t);
  const { drawing, shown, now } = picture();
  now.isThere = false;
  drawing.update();
  await nextTask();
  now.isThere = true;
  drawing.update();
  assert.deepEqual(shown, { first: "old" });
  await until(() => shown.third);
  assert.deepEqual(shown, all("old"));
});
