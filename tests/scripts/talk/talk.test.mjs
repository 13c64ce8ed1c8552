import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { BoardState } from "../../../static/js/live/state.js";
import { Outbox } from "../../../static/js/live/outbox.js";
import { Arrivals } from "../../../static/js/talk/arrivals.js";
import { countsOf, counted } from "../../../static/js/talk/counts.js";
import { Order } from "../../../static/js/talk/order.js";
import { Threads } from "../../../static/js/talk/threads.js";
import { browser, standingClock } from "../browser.mjs";

let live;
let threads;

beforeEach(() => {
  browser();
  standingClock(5_000);
  const clock = { now: () => Date.now() };
  const outbox = new Outbox(
    "ROOM42",
    () => true,
    () => {},
  );
  live = { state: new BoardState(clock), outbox, clock };
  live.state.apply({
    ...{ type: "welcome", epoch: "e1", seq: 1, now: 5_000, resumed: false, comments: [] },
    ...{ you: { seat: "s", name: "Ann", votes: true }, board: { options: [] }, round: null },
    ...{ tally: null, people: {}, ballot: null },
  });
  threads = new Threads();
});

let seq = 1;
function said(id, more = {}) {
  seq += 1;
  const comment = { id, option: "a", kind: "note", text: id, at: seq, reactions: {}, ...more };
  live.state.apply({ type: "comment", seq, comment });
}

const ids = (found) => found.map(({ comment }) => comment.id);
function now(option = null) {
  threads.update(live);
  return threads.of(option);
}

describe("threads", () => {
  test("replies stand below what they answer, the oldest first", () => {
    said("c1");
    said("r2", { parent: "c1", at: 90 });
    said("r1", { parent: "c1", at: 80 });
    const [thread] = now();
    assert.deepEqual(ids(thread.replies), ["r1", "r2"]);
  });

  test("nothing is looked at again while nothing was said", () => {
    said("c1");
    assert.equal(now(), now());
    assert.equal(now("b"), now("c"));
    const before = now();
    said("c2", { option: "b" });
    assert.notEqual(now(), before);
    assert.deepEqual(ids(now("b")), ["c2"]);
  });

  test("what is on its way is laid over what the server has said", () => {
    said("c1");
    said("c2");
    live.outbox.put({ type: "edit_comment", comment: "c1", text: "better" });
    live.outbox.put({ type: "delete_comment", comment: "c2" });
    live.outbox.put({ type: "comment", comment: "c3", option: "a", kind: "pro", text: "new" });
    const found = now();
    assert.deepEqual(ids(found), ["c1", "c3"]);
    assert.deepEqual(
      found.map(({ comment, isPending }) => [comment.text, isPending]),
      [
        ["better", true],
        ["new", true],
      ],
    );
  });

  test("an edit of what was deleted meanwhile does not bring it back", () => {
    said("c1");
    said("r1", { parent: "c1" });
    live.outbox.put({ type: "edit_comment", comment: "c1", text: "better" });
    seq += 1;
    live.state.apply({ type: "comment", seq, comment: { id: "c1", option: "a", deleted: true } });
    const [thread] = now();
    assert.equal(thread.comment.deleted, true);
    assert.equal(thread.comment.text, undefined);
  });

  test("a comment that is here already is not there twice", () => {
    live.outbox.put({ type: "comment", comment: "c1", option: "a", kind: "pro", text: "new" });
    said("c1");
    assert.deepEqual(ids(now()), ["c1"]);
  });

  test("a deleted comment keeps its place only where it was answered", () => {
    said("c1", { deleted: true, at: undefined });
    said("c2", { deleted: true, at: undefined });
    said("r1", { parent: "c2", at: 77 });
    const [thread, ...others] = now();
    assert.deepEqual([thread.comment.id, thread.at, others.length], ["c2", 77, 0]);
  });

  test("a doubt is no support", () => {
    said("c1", { reactions: { "👍": 3, "🤔": 5, "👎": 2, "🎉": 1 } });
    assert.equal(now()[0].support, 4);
  });
});

describe("order", () => {
  test("pinned ones first, also by a pinned reply, then the newest", () => {
    said("old");
    said("answered");
    said("pinned", { pinned: true });
    said("new");
    said("reply", { parent: "answered", pinned: true });
    assert.deepEqual(ids(new Order().of(now())), ["pinned", "answered", "new", "old"]);
  });

  test("of one moment, what the server made last stands on top", () => {
    for (const id of ["c1", "c2", "c3"]) said(id, { at: 50 });
    assert.deepEqual(ids(new Order().of(now())), ["c3", "c2", "c1"]);
  });

  test("by support nothing moves under a thumb until the order is asked for again", () => {
    said("c1", { reactions: { "👍": 2 } });
    said("c2", { reactions: { "👍": 1 } });
    const order = new Order();
    order.sort = "support";
    assert.deepEqual(ids(order.of(now())), ["c1", "c2"]);
    said("c2", { reactions: { "👍": 9 } });
    assert.deepEqual(ids(order.of(now())), ["c1", "c2"]);
    order.renew();
    assert.deepEqual(ids(order.of(now())), ["c2", "c1"]);
  });

  test("what this person has just written is on top, also by support", () => {
    said("c1", { reactions: { "👍": 9 } });
    live.outbox.put({ type: "comment", comment: "mine", option: "a", kind: "pro", text: "new" });
    const order = new Order();
    order.sort = "support";
    assert.deepEqual(ids(order.of(now())), ["mine", "c1"]);
  });

  test("of one kind, on one option", () => {
    said("c1", { kind: "pro" });
    said("c2", { kind: "con" });
    said("c3", { kind: "pro", option: "b" });
    const order = new Order();
    order.kind = "pro";
    assert.deepEqual(ids(order.of(now())), ["c3", "c1"]);
    order.option = "b";
    assert.deepEqual(ids(order.of(now())), ["c3"]);
  });
});

describe("counts", () => {
  test("what is hidden or deleted does not count, and a reply has no kind", () => {
    said("c1", { kind: "pro" });
    said("r1", { parent: "c1", kind: "con" });
    said("c2", { kind: "con", hidden: true });
    said("r2", { parent: "c2" });
    assert.deepEqual(counted(now()), {
      ...{ comments: 3, pro: 1, con: 0, question: 0, risk: 0, note: 0 },
    });
  });

  test("the server counts where this page does not have all, and the page the rest", () => {
    const server = { comments: 300, pro: 100, con: 0, question: 0, risk: 0, note: 0 };
    said("c1", { kind: "pro" });
    said("c2", { kind: "con", option: "b" });
    live.state.talk = new Map([["a", server]]);
    assert.equal(countsOf(live.state, "a", now("a")).comments, 300);
    assert.equal(countsOf(live.state, "b", now("b")).comments, 1);
    const all = countsOf(live.state, null, now());
    assert.deepEqual([all.comments, all.pro, all.con], [301, 100, 1]);
  });
});

describe("what is new to a reader", () => {
  const thread = (id, at, more = {}) => ({ comment: { id }, at, ...more });
  const first = [thread("a", 10), thread("b", 20)];

  test("nothing is new in a list that is shown for the first time, or begins again", () => {
    const arrivals = new Arrivals();
    assert.deepEqual(arrivals.news(first), []);
    arrivals.show(first);
    assert.deepEqual(ids(arrivals.news([...first, thread("c", 30)])), ["c"]);
    arrivals.forget();
    assert.deepEqual(arrivals.news([...first, thread("c", 30)]), []);
  });

  test("one's own comment is no news, on its way or saved, nor is an older one", () => {
    const arrivals = new Arrivals();
    arrivals.show(first);
    const pending = [...first, thread("mine", 30, { isPending: true }), thread("old", 5)];
    assert.deepEqual(arrivals.news(pending), []);
    assert.deepEqual(ids(arrivals.unseen(pending)), ["mine", "old"]);
    arrivals.show(pending);
    assert.deepEqual(ids(arrivals.news([...first, thread("mine", 31), thread("c", 32)])), ["c"]);
  });
});
