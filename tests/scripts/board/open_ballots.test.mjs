import assert from "node:assert/strict";
import { test } from "node:test";

import { inOneLine } from "../../../static/js/board/open_ballots.js";

const name = (id) => id.toUpperCase();
const criteria = [{ id: "speed", name: "Speed", weight: 1 }];
const CASES = [
  ["single", { choice: "a" }, "A"],
  ["approval", { approve: ["a", "b"] }, "A, B"],
  ["approval", { approve: [] }, ""],
  ["dots", { dots: { a: 3, b: 2 } }, "A 3, B 2"],
  ["score", { scores: { a: 5 }, no_opinion: ["b"] }, "A 5; No opinion on B."],
  ["ranked", { ranking: [["a"], ["b", "c"]] }, "A > B = C"],
  ["matrix", { scores: { a: { speed: 5 } } }, "A: Speed 5"],
  ["plurality_of_three", { marks: ["a", "b", "c"] }, "A, B, C"],
  ["quadratic", { votes: { a: 4 }, kept: ["b"] }, "A 4; B"],
];

for (const [method, ballot, line] of CASES)
  test(`a ballot by ${method} in one line: ${line}`, () => {
    assert.equal(inOneLine({ method, settings: { criteria } }, ballot, name), line);
  });
