import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { BoardState } from "../../../static/js/live/state.js";

let now;
let state;

beforeEach(() => {
  now = 50_000;
  state = new BoardState({ now: () => now });
});

const SETTINGS = {
  show_names: true,
  host_sees_results: false,
  comments: "open",
  entry: "open",
  proposals: "closed",
};
const YOU = { seat: "s1", name: "Ann", role: "voter", votes: true, invite: null };
const board = (more = {}) => ({ code: "ROOM42", settings: SETTINGS, decision: null, ...more });
const round = (more = {}) => ({ n: 1, state: "open", deadline: null, options: ["a"], ...more });
const tally = (more = {}) => ({ round: 1, voters: 3, ...more });
const said = (id, more = {}) => ({ id, option: "a", kind: "note", text: id, at: 1, ...more });

/** The server's whole answer to a page that comes or comes back. */
function welcome(more = {}) {
  return state.apply({
    type: "welcome",
    epoch: "e1",
    seq: 10,
    now,
    resumed: false,
    you: YOU,
    board: board(),
    round: null,
    tally: null,
    comments: [],
    proposals: [],
    your_proposals: [],
    people: { here: 5, observing: 1, voted: 2, lost: 0, names: null },
    ballot: null,
    ...more,
  });
}

test("nothing is known before the welcome, and all of it after", () => {
  assert.equal(state.ready, false);
  assert.equal(state.since, undefined);
  assert.equal(welcome(), true);
  assert.equal(state.ready, true);
  assert.equal(state.board.code, "ROOM42");
  assert.equal(state.phase, "setup");
  assert.deepEqual(state.since, { epoch: "e1", seq: 10 });
});

test("proposals are as the server last told them, and who may make some follows from the rules", () => {
  const SEES = { ...SETTINGS, proposals: "open" };
  welcome({ proposals: [{ id: "p1" }], your_proposals: [{ id: "p1", state: "open" }] });
  assert.equal(state.proposingBlockedBy, "closed");
  state.apply({ type: "proposals", seq: 12, proposals: [] });
  state.apply({ type: "proposals", seq: 11, proposals: [{ id: "p1" }] });
  state.apply({ type: "your_proposals", seq: 12, your_proposals: [{ id: "p1", state: "merged" }] });
  assert.deepEqual([state.proposals, state.ownProposals[0].state], [[], "merged"]);
  for (const [you, more, blockedBy] of [
    [YOU, {}, null],
    [YOU, { decision: { option: "a" } }, "decided"],
    [{ ...YOU, votes: false }, {}, "watching"],
    [{ ...YOU, votes: false, waits: true }, {}, "waiting"],
    [{ ...YOU, seat: null, votes: false }, {}, "seatless"],
    [{ ...YOU, votes: false }, { settings: { ...SEES, entry: "invited" } }, "voters"],
  ]) {
    welcome({ you, board: board({ settings: SEES, ...more }) });
    assert.equal(state.proposingBlockedBy, blockedBy);
  }
});

test("a frame that is not about the board changes nothing", () => {
  welcome();
  assert.equal(state.apply({ type: "ack", id: "1", seq: 99 }), false);
  assert.equal(state.seq, 10);
});

test("a frame that was overtaken by a newer one of its kind is ignored", () => {
  welcome({ round: round() });
  state.apply({ type: "tally", seq: 15, tally: tally({ voters: 5 }) });
  state.apply({ type: "tally", seq: 12, tally: tally({ voters: 4 }) });
  assert.equal(state.current.voters, 5);
  assert.equal(state.seq, 15);
});

test("a frame older than the welcome is ignored, one of another kind is not", () => {
  welcome({ round: round() });
  state.apply({ type: "tally", seq: 15, tally: tally({ voters: 5 }) });
  state.apply({ type: "board", seq: 9, board: board({ title: "old" }) });
  assert.equal(state.board.title, undefined);
  state.apply({ type: "board", seq: 12, board: board({ title: "new" }) });
  assert.equal(state.board.title, "new");
});

test("of two comments each has its own order", () => {
  welcome();
  state.apply({ type: "comment", seq: 20, comment: said("c1", { text: "edited" }) });
  state.apply({ type: "comment", seq: 15, comment: said("c2") });
  state.apply({ type: "comment", seq: 15, comment: said("c1", { text: "as it was" }) });
  assert.equal(state.comments.get("c1").text, "edited");
  assert.ok(state.comments.has("c2"));
});

test("in another epoch positions from before mean nothing", () => {
  welcome({ seq: 900 });
  state.apply({ type: "board", seq: 950, board: board({ title: "lost" }) });
  welcome({ epoch: "e2", seq: 3, board: board({ title: "restored" }) });
  assert.equal(state.seq, 3);
  assert.equal(state.board.title, "restored");
  state.apply({ type: "board", seq: 4, board: board({ title: "newer" }) });
  assert.equal(state.board.title, "newer");
});

test("resumed, the comments that are here stay; in another epoch they do not", () => {
  welcome({ comments: [said("c1")] });
  welcome({ seq: 20, resumed: true, comments: [said("c2")] });
  assert.deepEqual([...state.comments.keys()], ["c1", "c2"]);
  welcome({ epoch: "e2", seq: 5, resumed: true, comments: [said("c3")] });
  assert.deepEqual([...state.comments.keys()], ["c3"]);
});

test("a welcome that is not resumed forgets which pages were fetched", () => {
  welcome({ comments_before: 8 });
  assert.equal(state.olderThan(null), 8);
  state.take({ epoch: "e1", seq: 10, comments: [said("c0")], before: 4 }, "a");
  assert.deepEqual([state.olderThan("a"), state.olderThan("b")], [4, 8]);
  welcome({ seq: 30 });
  assert.deepEqual([state.olderThan("a"), state.olderThan(null)], [null, null]);
});

test("the last page of an option says that there is no other, whatever there is of all", () => {
  welcome({ comments_before: 8 });
  state.take({ epoch: "e1", seq: 10, comments: [] }, "a");
  assert.equal(state.olderThan("a"), null);
  assert.equal(state.olderThan(null), 8);
});

test("a page that was read before an edit does not undo it", () => {
  welcome();
  state.apply({ type: "comment", seq: 20, comment: said("c1", { text: "edited" }) });
  state.take({ epoch: "e1", seq: 15, comments: [said("c1"), said("c0")] }, null);
  assert.equal(state.comments.get("c1").text, "edited");
  assert.deepEqual([...state.comments.keys()], ["c0", "c1"]);
});

test("a page comes newest first, and stands before what is here, oldest first", () => {
  welcome({ comments: [said("c3")] });
  state.take({ epoch: "e1", seq: 10, comments: [said("c2"), said("c1")] }, null);
  assert.deepEqual([...state.comments.keys()], ["c1", "c2", "c3"]);
});

test("a page of another epoch is not taken", () => {
  welcome();
  state.take({ epoch: "e0", seq: 15, comments: [said("c0")] }, null);
  assert.equal(state.comments.size, 0);
});

test("earlier replies are counted down, and the last page ends them", () => {
  welcome({ more_replies: { c1: { count: 70, before: 9 } } });
  const page = {
    epoch: "e1",
    seq: 10,
    comments: Array.from({ length: 50 }, (_, n) => said(`r${n}`)),
  };
  state.takeReplies({ ...page, before: 5 }, "c1");
  assert.deepEqual(state.earlierReplies("c1"), { count: 20, before: 5 });
  state.takeReplies({ ...page, comments: [said("r90")] }, "c1");
  assert.equal(state.earlierReplies("c1"), null);
  // The server still counts them as not told; this page knows better.
  state.learnOfReplies({ c1: { count: 70, before: 9 } });
  assert.equal(state.earlierReplies("c1"), null);
});

test("another round empties the ballot, the same one does not", () => {
  welcome({ round: round(), ballot: { choice: "a" } });
  state.apply({ type: "round", seq: 11, round: round({ state: "locked" }) });
  assert.deepEqual(state.ballot, { choice: "a" });
  state.apply({ type: "round", seq: 12, round: round({ n: 2 }) });
  assert.equal(state.ballot, null);
});

test("a ballot of another round is not shown in this one", () => {
  welcome({ round: round({ n: 2 }) });
  state.apply({ type: "ballot", round: 1, ballot: { choice: "a" } });
  assert.equal(state.ballot, null);
  state.acked({ type: "vote", round: 1, ballot: { choice: "a" } });
  assert.equal(state.ballot, null);
  state.acked({ type: "vote", round: 2, ballot: { choice: "b" } });
  assert.deepEqual(state.ballot, { choice: "b" });
  state.acked({ type: "withdraw", round: 2 });
  assert.equal(state.ballot, null);
});

test("a tally of another round is not the current one", () => {
  welcome({ round: round({ n: 2 }), tally: tally({ result: { decided_by: "x" } }) });
  assert.equal(state.current, null);
  assert.equal(state.result, null);
  assert.equal(state.decidedBy, "");
});

test("our own comment is here once it is acknowledged, and the server's word on it stays", () => {
  welcome();
  const ours = {
    type: "comment",
    id: "m1",
    comment: "c1",
    option: "a",
    kind: "pro",
    text: "Mine.",
  };
  const before = state.commentsVersion;
  state.acked(ours);
  assert.deepEqual(state.comments.get("c1"), {
    ...{ id: "c1", option: "a", kind: "pro", text: "Mine.", parent: null, name: "Ann" },
    ...{ reactions: {}, pinned: false, hidden: false, at: now, edited_at: null },
  });
  assert.ok(state.commentsVersion > before);
  state.apply({ type: "comment", seq: 11, comment: said("c1", { hidden: true }) });
  state.acked(ours);
  assert.equal(state.comments.get("c1").hidden, true);
});

test("votes are taken until the deadline by the store's clock, not until the frame comes", () => {
  welcome({ round: round({ deadline: 60_000 }) });
  now = 59_999;
  assert.equal(state.acceptsVotes, true);
  assert.equal(state.phase, "open");
  now = 60_000;
  assert.equal(state.acceptsVotes, false);
  assert.equal(state.phase, "locked");
});

test("a result is kept back until its instant, but on a console that had it before", () => {
  const result = { order: [["a"]], decided_by: "A won." };
  const early = board({ settings: { ...SETTINGS, host_sees_results: true } });
  const pages = [
    [new BoardState({ now: () => now }), early, ""],
    [new BoardState({ now: () => now }, "host"), board(), ""],
    [new BoardState({ now: () => now }, "host"), early, "A won."],
  ];
  for (const [page, of, before] of pages) {
    state = page;
    now = 59_999;
    welcome({
      board: of,
      round: round({ state: "revealed", at: 60_000 }),
      tally: tally({ result }),
    });
    assert.deepEqual([page.phase, page.decidedBy, page.outcome], ["revealing", before, result]);
    now = 60_000;
    assert.deepEqual([page.phase, page.decidedBy], ["revealed", "A won."]);
  }
});

test("an instant that a clock that was set back has put far off holds up no one", () => {
  const at = now + 10_000;
  welcome({
    round: round({ state: "revealed", at }),
    tally: tally({ result: { decided_by: "" } }),
  });
  assert.equal(state.phase, "revealed");
  now += 1;
  assert.equal(state.phase, "revealing");
});

test("where the server sets no instant, a result is shown at once", () => {
  welcome({ round: round({ state: "revealed" }), tally: tally({ result: { decided_by: "So." } }) });
  assert.deepEqual([state.phase, state.decidedBy], ["revealed", "So."]);
});

test("a paused round takes votes, and has no deadline", () => {
  welcome({ round: round({ left_ms: 4_000 }) });
  assert.equal(state.isPaused, true);
  assert.equal(state.acceptsVotes, true);
  state.apply({ type: "round", seq: 11, round: round({ state: "locked", left_ms: 4_000 }) });
  assert.equal(state.isPaused, false);
});

test("a decision is shown until another round is opened", () => {
  const decision = { option: "a", because: "", revisit_on: null, at: 1 };
  welcome({ board: board({ decision }) });
  assert.equal(state.phase, "decided");
  state.apply({ type: "round", seq: 11, round: round() });
  assert.equal(state.phase, "open");
  state.apply({ type: "round", seq: 12, round: round({ state: "revealed" }) });
  assert.equal(state.phase, "decided");
});

test("who watches by choice, who waits at the door, and who was never invited", () => {
  const invited = board({ settings: { ...SETTINGS, entry: "invited" } });
  const seen = (you, of = board()) => {
    welcome({ you: { ...YOU, ...you }, board: of });
    return [state.watches, state.commentingBlockedBy];
  };
  assert.deepEqual(seen({}), [false, null]);
  assert.deepEqual(seen({ votes: false }), [true, "watching"]);
  assert.deepEqual(seen({ votes: false, waits: true }), [false, "waiting"]);
  assert.deepEqual(seen({ seat: null, votes: false }), [false, "seatless"]);
  assert.deepEqual(seen({ seat: null, votes: false }, invited), [false, "watching"]);
  const moved = { seat: null, votes: false, invite: 3, seat_lost: "moved" };
  assert.deepEqual(seen(moved), [false, "watching"]);
  assert.deepEqual(seen({ votes: false }, invited), [false, null]);
  assert.deepEqual(seen({ votes: false, invite: 3 }, invited), [true, "watching"]);
  const closed = board({ settings: { ...SETTINGS, comments: "closed" } });
  assert.deepEqual(seen({ votes: false }, closed), [true, "closed"]);
});

test("those who voted and left do not stand for those who still choose", () => {
  welcome();
  assert.deepEqual(state.turnout, { voted: 2, choosing: null, here: 4 });
  const people = { here: 3, observing: 1, voted: 4, choosing: 2 };
  state.apply({ type: "people", seq: 11, people });
  assert.deepEqual(state.turnout, { voted: 4, choosing: 2, here: 2 });
});

test("a switch knows when the server's word on it has come, also from another history", () => {
  welcome();
  const at = { epoch: "e1", seq: 12 };
  assert.equal(state.knows("board", at), false);
  state.apply({ type: "people", seq: 13, people: { here: 1, observing: 0, voted: 0 } });
  assert.equal(state.knows("board", at), false);
  state.apply({ type: "board", seq: 12, board: board() });
  assert.equal(state.knows("board", at), true);
  welcome({ epoch: "e2", seq: 1 });
  assert.equal(state.knows("board", { epoch: "e1", seq: 900 }), true);
});

test("the store is there after a welcome, until a pulse says otherwise", () => {
  welcome();
  state.apply({ type: "pulse", seq: 10, now, store: "away" });
  assert.equal(state.store, "away");
  welcome({ seq: 11 });
  assert.equal(state.store, "ok");
});

test("counts of a long talk are taken over option by option", () => {
  welcome({ talk: { a: { comments: 300 }, b: { comments: 5 } } });
  state.apply({ type: "comment", seq: 11, comment: said("c1"), talk: { a: { comments: 301 } } });
  assert.deepEqual(
    [...state.talk],
    [
      ["a", { comments: 301 }],
      ["b", { comments: 5 }],
    ],
  );
});
