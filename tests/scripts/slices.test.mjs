import assert from "node:assert/strict";
import { test } from "node:test";
import { nextTask, Repeated, workInSlices } from "../../static/js/slices.js";

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

test("a change while work is under way has it done again, with what is true then", async (t) => {
  standingClock(t);
  const shown = {};
  let truth = "old";
  const update = new Repeated(function* work() {
    for (const view of ["first", "second"]) {
      pass(50);
      shown[view] = truth;
      yield;
    }
  });
  const whole = update.run();
  assert.deepEqual(shown, { first: "old" });
  truth = "new";
  update.run();
  await whole;
  assert.deepEqual(shown, { first: "new", second: "new" });
});

test("many changes while work is under way have it done once more", async (t) => {
  standingClock(t);
  const done = [];
  const update = new Repeated(() => steps(["a", "b"], { done, ms: 50 }));
  const whole = update.run();
  for (let n = 0; n < 5; n += 1) update.run();
  await whole;
  assert.deepEqual(done, ["a", "b", "a", "b"]);
});

test("work that failed is done again after the next change", async (t) => {
  standingClock(t);
  const done = [];
  let isBroken = true;
  const update = new Repeated(function* work() {
    if (isBroken) throw new Error("broken");
    yield* steps(["a"], { done });
  });
  await assert.rejects(update.run(), /broken/);
  isBroken = false;
  await update.run();
  assert.deepEqual(done, ["a"]);
});
