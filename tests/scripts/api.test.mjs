import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { callApi, callApiUntil } from "../../static/js/api.js";

beforeEach(() => {
  globalThis.document = { body: { dataset: { root: "" } } };
});

/** Answers each request with the next of these, and the last one for ever. */
function answerWith(t, ...answers) {
  const asked = [];
  t.mock.method(globalThis, "setTimeout", queueMicrotask);
  t.mock.method(globalThis, "fetch", (path) => {
    asked.push(path);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    return Promise.resolve({ ok: !answer.error, json: () => Promise.resolve(answer) });
  });
  return asked;
}

const isNew = ({ seq }) => seq >= 7;

test("what another process does not know yet is read again", async (t) => {
  const asked = answerWith(t, { seq: 5 }, { seq: 6 }, { seq: 7 });
  assert.deepEqual(await callApiUntil("/api/boards/K7QF2M", isNew), { seq: 7 });
  assert.equal(asked.length, 3);
});

test("it is not read for ever: the last answer is better than none", async (t) => {
  const asked = answerWith(t, { seq: 5 });
  assert.deepEqual(await callApiUntil("/api/boards/K7QF2M", isNew), { seq: 5 });
  assert.equal(asked.length, 6);
});

test("a refusal is not asked for again", async (t) => {
  const asked = answerWith(t, { error: { message: "This is for the host." } });
  await assert.rejects(callApiUntil("/api/boards/K7QF2M", isNew), { message: /for the host/ });
  assert.equal(asked.length, 1);
  await assert.rejects(callApi("/api/boards/K7QF2M"), { message: /for the host/ });
});
