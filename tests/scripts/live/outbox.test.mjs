import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Outbox } from "../../../static/js/live/outbox.js";
import { browser, standingClock } from "../browser.mjs";

let page;
let clock;
let sent;
let isUp;
let changes;

beforeEach(() => {
  page = browser();
  clock = standingClock();
  sent = [];
  isUp = true;
  changes = 0;
});

/** The outbox of a page that is opened now. */
function opened() {
  const send = (message) => isUp && Boolean(sent.push(message));
  const outbox = new Outbox("ROOM42", send, () => (changes += 1));
  outbox.start();
  return outbox;
}

const vote = (choice, round = 1) => ({ type: "vote", round, ballot: { choice } });
const comment = (text) => ({ type: "comment", comment: text, option: "a", kind: "note", text });
const texts = () => sent.map(({ text, ballot }) => text ?? ballot.choice);
const stored = () => [...page.values.values()].map((value) => JSON.parse(value));

test("a message gets an id, is stored before it is sent, and goes when it is acknowledged", () => {
  isUp = false;
  const outbox = opened();
  const id = outbox.put(comment("one"));
  assert.match(id, /^[0-9a-f]{24}$/);
  assert.deepEqual(
    stored().map(({ message, tried }) => [message.id, message.text, tried]),
    [[id, "one", false]],
  );
  isUp = true;
  outbox.deliver();
  assert.equal(stored()[0].tried, true);
  assert.deepEqual(outbox.acked(id), { ...comment("one"), id });
  assert.equal(page.values.size, 0);
  assert.equal(outbox.acked(id), undefined);
});

test("taps in a burst are one vote, the last one", () => {
  const outbox = opened();
  for (const choice of ["a", "b", "c"]) {
    outbox.put(vote(choice));
    clock.tick(100);
  }
  assert.deepEqual(sent, []);
  clock.tick(100);
  assert.deepEqual(texts(), ["c"]);
  assert.deepEqual(outbox.ballot(1), { choice: "c" });
});

test("votes of two rounds do not replace each other", () => {
  isUp = false;
  const outbox = opened();
  outbox.put(vote("a", 1));
  outbox.put(vote("b", 2));
  assert.deepEqual(outbox.ballot(1), { choice: "a" });
  assert.deepEqual(outbox.ballot(2), { choice: "b" });
  assert.equal(outbox.ballot(3), undefined);
});

test("a ballot that is being withdrawn is null, and one that is not on its way undefined", () => {
  const outbox = opened();
  assert.equal(outbox.ballot(1), undefined);
  outbox.put(vote("a"));
  outbox.put({ type: "withdraw", round: 1 });
  assert.equal(outbox.ballot(1), null);
});

test("after a lost acknowledgement all of it goes again, in order and with the same ids", () => {
  const outbox = opened();
  outbox.put(comment("one"));
  outbox.put(vote("a"));
  clock.tick(150);
  // The answers are lost with the connection; meanwhile the person votes again.
  outbox.connectionLost();
  isUp = false;
  outbox.put(vote("b"));
  clock.tick(150);
  const before = sent;
  sent = [];
  isUp = true;
  outbox.deliver();
  // The older vote may have arrived: left out, it could come in after the newer one.
  assert.deepEqual(texts(), ["one", "a", "b"]);
  assert.deepEqual(
    sent.slice(0, 2).map(({ id }) => id),
    before.map(({ id }) => id),
  );
});

test("what has been sent on this connection is not sent on it again", () => {
  const outbox = opened();
  outbox.put(comment("one"));
  outbox.deliver();
  outbox.deliver();
  assert.deepEqual(texts(), ["one"]);
});

test("where the connection does not take one, those behind it wait too", () => {
  const outbox = opened();
  isUp = false;
  outbox.put(comment("one"));
  outbox.put(comment("two"));
  isUp = true;
  outbox.deliver();
  assert.deepEqual(texts(), ["one", "two"]);
});

test("nothing overtakes a message that the connection did not take", () => {
  isUp = false;
  const outbox = opened();
  for (const text of ["one", "two"]) outbox.put(comment(text));
  outbox.stop();
  const tried = [];
  const picky = new Outbox(
    "ROOM42",
    ({ text }) => tried.push(text) > 1,
    () => {},
  );
  picky.start();
  picky.deliver();
  assert.deepEqual(tried, ["one"]);
});

test("the order is that of the person, not that of the storage", () => {
  isUp = false;
  const first = opened();
  for (const text of ["one", "two", "three"]) first.put(comment(text));
  first.stop();
  const turned = [...page.values].reverse();
  page.values.clear();
  for (const [key, value] of turned) page.values.set(key, value);
  isUp = true;
  opened().deliver();
  assert.deepEqual(texts(), ["one", "two", "three"]);
});

test("a reload loses nothing and keeps the order", () => {
  isUp = false;
  const first = opened();
  for (const text of ["one", "two", "three"]) first.put(comment(text));
  first.stop();
  isUp = true;
  opened().deliver();
  assert.deepEqual(texts(), ["one", "two", "three"]);
});

test("a clock that went back does not put what is new before what is old", () => {
  isUp = false;
  const before = opened();
  before.put(comment("one"));
  clock.set(1_000);
  before.put(comment("two"));
  before.stop();
  const reloaded = opened();
  reloaded.put(comment("three"));
  reloaded.stop();
  isUp = true;
  opened().deliver();
  assert.deepEqual(texts(), ["one", "two", "three"]);
});

test("a vote that was sent before a reload is not left out for a newer one", () => {
  const first = opened();
  first.put(vote("a"));
  clock.tick(150);
  first.stop();
  sent = [];
  const second = opened();
  second.put(vote("b"));
  clock.tick(150);
  assert.deepEqual(texts(), ["a", "b"]);
});

test("a vote that an earlier page left may have been sent since, so a newer one follows it", () => {
  isUp = false;
  const first = opened();
  first.put(vote("a"));
  first.stop();
  isUp = true;
  opened().put(vote("b"));
  clock.tick(150);
  assert.deepEqual(texts(), ["a", "b"]);
});

test("what was handed over is sent before what replaces it", () => {
  isUp = false;
  const outbox = opened();
  outbox.put(vote("a"));
  outbox.handOver();
  outbox.put(vote("b"));
  assert.deepEqual(
    outbox.entries.map(({ id, message }) => [id, message.ballot.choice]),
    [...page.values.values()].map((value) => {
      const { message } = JSON.parse(value);
      return [message.id, message.ballot.choice];
    }),
  );
  isUp = true;
  clock.tick(150);
  assert.deepEqual(texts(), ["a", "b"]);
});

for (const code of ["store_away", "going_away"]) {
  test(`what is refused with ${code} is kept and goes again`, () => {
    const outbox = opened();
    const id = outbox.put(comment("one"));
    assert.equal(outbox.refused(id, code), undefined);
    outbox.deliver();
    assert.deepEqual(texts(), ["one", "one"]);
    assert.equal(page.values.size, 1);
  });
}

test("what is refused for good is given up, and given back", () => {
  const outbox = opened();
  const id = outbox.put(comment("one"));
  assert.equal(outbox.refused(id, "too_long").text, "one");
  assert.equal(page.values.size, 0);
  assert.equal(outbox.refused("not ours", "too_long"), undefined);
});

test("an older vote that was put off is left out once a newer one is acknowledged", () => {
  const outbox = opened();
  const older = outbox.put(vote("a"));
  clock.tick(150);
  const newer = outbox.put(vote("b"));
  clock.tick(150);
  outbox.refused(older, "store_away");
  outbox.acked(newer);
  sent = [];
  outbox.deliver();
  assert.deepEqual(sent, []);
  assert.equal(outbox.ballot(1), undefined);
});

test("a newer vote that was put off is not left out for an older one", () => {
  const outbox = opened();
  const older = outbox.put(vote("a"));
  clock.tick(150);
  const newer = outbox.put(vote("b"));
  clock.tick(150);
  outbox.refused(newer, "store_away");
  outbox.acked(older);
  assert.deepEqual(outbox.ballot(1), { choice: "b" });
});

test("thirty wait for their answers at most, and the rest follows at the server's pace", () => {
  const outbox = opened();
  for (let n = 0; n < 100; n += 1) outbox.put(comment(`n${n}`));
  assert.ok(sent.length >= 29 && sent.length <= 30, `${sent.length}`);
  clock.tick(10_000);
  assert.equal(sent.length, 30);
  for (const { id } of [...sent]) outbox.acked(id);
  clock.tick(1_000);
  assert.ok(sent.length > 30 && sent.length <= 60, `${sent.length}`);
  while (sent.length < 100) {
    const [from, at] = [sent.length, performance.now()];
    for (const { id } of [...sent]) outbox.acked(id);
    clock.tick(1_000);
    assert.ok(sent.length > from, "it goes on");
    assert.ok(sent.length - from <= 30 + 15 * ((performance.now() - at) / 1_000));
  }
  assert.deepEqual(
    texts(),
    Array.from({ length: 100 }, (_, n) => `n${n}`),
  );
});

test("what another tab has had acknowledged is gone here too", () => {
  isUp = false;
  const outbox = opened();
  const id = outbox.put(comment("one"));
  const before = changes;
  page.removeInOtherTab(`stackvote:ROOM42:out:${id}`);
  assert.equal(changes, before + 1);
  isUp = true;
  outbox.deliver();
  assert.deepEqual(sent, []);
});

test("a key of another board, or one that another tab has changed, says nothing", () => {
  isUp = false;
  const outbox = opened();
  outbox.put(comment("one"));
  page.removeInOtherTab("stackvote:OTHER1:out:123");
  assert.equal(outbox.waiting("comment").length, 1);
});

test("without storage it works as long as the page is open", () => {
  globalThis.localStorage.setItem = () => {
    throw new Error("full");
  };
  const outbox = opened();
  const id = outbox.put(comment("one"));
  assert.deepEqual(texts(), ["one"]);
  assert.equal(outbox.acked(id).text, "one");
});
