import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { deliver, outcomeOf } from "../../../static/js/offline/delivery.js";

const entry = (id, { code = "ROOM42", order = Number(id) } = {}) => ({
  id,
  code,
  order,
  message: { type: "vote", id },
});
const ACK = { type: "ack" };

let entries;
let sent;
let answers;
let forgotten;
let isInSight;

beforeEach(() => {
  [entries, sent, answers, forgotten, isInSight] = [[], [], {}, [], false];
});

const device = {
  all: () => Promise.resolve([...entries]),
  remove: (id) => Promise.resolve((entries = entries.filter((each) => each.id !== id))),
  forget(code) {
    forgotten.push(code);
    entries = entries.filter((each) => each.code !== code);
    return Promise.resolve();
  },
  isPageInSight: () => Promise.resolve(isInSight),
  post({ id }) {
    sent.push(id);
    return Promise.resolve(id in answers ? answers[id] : ACK);
  },
};

test("all of it is sent once, in the order of the person, and is gone then", async () => {
  entries = [entry("2"), entry("1"), entry("3")];
  await deliver(device);
  assert.deepEqual(sent, ["1", "2", "3"]);
  assert.deepEqual(entries, []);
});

test("nothing overtakes what the server has not saved, and the browser tries again", async () => {
  entries = [entry("1"), entry("2"), entry("3")];
  answers["2"] = { type: "refused", code: "store_away", error: { code: "store_away" } };
  await assert.rejects(deliver(device));
  assert.deepEqual(sent, ["1", "2"]);
  assert.deepEqual(
    entries.map(({ id }) => id),
    ["2", "3"],
  );
});

test("a board that waits does not hold up another", async () => {
  entries = [entry("1"), entry("2", { code: "OTHER1" })];
  answers["1"] = null;
  await assert.rejects(deliver(device));
  assert.deepEqual(
    entries.map(({ id }) => id),
    ["1"],
  );
});

test("what is refused for good does not hold up what follows", async () => {
  entries = [entry("1"), entry("2")];
  answers["1"] = { type: "refused", code: "round_closed", error: { code: "round_closed" } };
  await deliver(device);
  assert.deepEqual(sent, ["1", "2"]);
});

test("while a page is in sight it sends, and the worker does not", async () => {
  entries = [entry("1")];
  isInSight = true;
  await assert.rejects(deliver(device));
  assert.deepEqual([sent, entries.length], [[], 1]);
});

test("of a board that is gone nothing is kept", async () => {
  entries = [entry("1"), entry("2"), entry("3", { code: "OTHER1" })];
  answers["1"] = { error: { code: "no_such_board" } };
  await deliver(device);
  assert.deepEqual([sent.sort(), forgotten, entries], [["1", "3"], ["ROOM42"], []]);
});

test("an answer that is not the server's says nothing", () => {
  for (const body of [
    null,
    "<html>",
    {},
    { error: { code: "too_fast" } },
    { type: "refused", code: "going_away" },
  ])
    assert.equal(outcomeOf(body), "waiting");
});
