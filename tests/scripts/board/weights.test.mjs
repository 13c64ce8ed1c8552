import assert from "node:assert/strict";
import { test } from "node:test";

import { reweighed } from "../../../static/js/board/evidence/weights.js";

const about = ({ means, silent = {}, quorum = 0.5 }) => ({
  round: { settings: { quorum } },
  voters: 4,
  result: { order: [Object.keys(means)], means, no_opinion: silent },
});
const order = (...args) => reweighed(...args).map(({ id, mean }) => [id, mean]);

test("the weighted mean leaves out what no one scored", () => {
  const of = about({ means: { a: { speed: 5, hiring: 1 }, b: { speed: 4 }, c: {} } });
  assert.deepEqual(order(of, { speed: 1, hiring: 1 }), [
    ["b", 4],
    ["a", 3],
    ["c", null],
  ]);
  assert.deepEqual(order(of, { speed: 3, hiring: 0 })[0], ["a", 5]);
  assert.deepEqual(order(of, { speed: 0, hiring: 2 }), [
    ["a", 1],
    ["b", null],
    ["c", null],
  ]);
});

test("an option below the quorum stays behind, whatever the weights", () => {
  const means = { a: { speed: 1, hiring: 2 }, b: { speed: 5, hiring: 5 } };
  assert.deepEqual(order(about({ means, silent: { b: 3 } }), { speed: 1, hiring: 1 }), [
    ["a", 1.5],
    ["b", 5],
  ]);
  assert.equal(order(about({ means, silent: { b: 2 } }), { speed: 1, hiring: 1 })[0][0], "b");
  assert.equal(order(about({ means, silent: { b: 3 }, quorum: 0 }), { speed: 1 })[0][0], "b");
});
