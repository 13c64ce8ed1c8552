import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../../static/js/live/clock.js";
import { snapshotOf } from "../../../static/js/live/snapshot.js";
import { BoardState } from "../../../static/js/live/state.js";

const comment = (n, parent = null) => ({ id: `c${n}`, option: "a", text: `${n}`, parent, at: n });
const welcome = (more = {}) => ({
  type: "welcome",
  epoch: "one",
  seq: 7,
  now: 1_000,
  resumed: false,
  you: { seat: "me", votes: true },
  board: { title: "Which?", options: [], settings: {} },
  round: { n: 2, state: "open" },
  tally: { round: 2, voters: 1 },
  comments: [],
  people: { here: 2, observing: 0, voted: 1, names: [{ name: "Ada", voted: true }] },
  ballot: { choice: "a" },
  ...more,
});

function known(frame) {
  const state = new BoardState(new Clock(), "ballot");
  state.apply(frame);
  return state;
}

test("a state that was stored is the same when it is read, without the names of others", () => {
  const before = known(welcome({ comments: [comment(1)], your_proposals: [{ id: "p" }] }));
  const after = known(structuredClone(snapshotOf(before)));
  for (const name of ["epoch", "you", "board", "round", "tally", "ballot", "ownProposals", "phase"])
    assert.deepEqual(after[name], before[name], name);
  assert.deepEqual([...after.comments.values()], [comment(1)]);
  assert.deepEqual(after.people, { here: 2, observing: 0, voted: 1, names: null });
});

test("of a long talk the newest comments are stored, and no reply without what it answers", () => {
  const comments = Array.from({ length: 400 }, (_, n) => comment(n));
  comments.push(comment("early reply", "c0"), comment("late reply", "c399"));
  const { comments: kept } = snapshotOf(known(welcome({ comments })));
  assert.equal(kept.length, 299);
  assert.deepEqual([kept[0].id, kept.at(-1).id], ["c102", "clate reply"]);
});

test("an old state is no place to go on from, and ends with the server's word", () => {
  const state = known(welcome());
  assert.deepEqual(state.since, { epoch: "one", seq: 7 });
  state.asOf = 5;
  assert.equal(state.since, undefined);
  state.apply(welcome({ seq: 9 }));
  assert.equal(state.asOf, null);
});
