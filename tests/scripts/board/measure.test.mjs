import assert from "node:assert/strict";
import { test } from "node:test";

import { measure } from "../../../static/js/board/measure.js";

const of = (method, totals, settings = {}) =>
  measure({ round: { method, settings, options: ["a", "b"] }, voters: 4, result: { totals } });

test("marks are measured against the voters", () => {
  const { share, detail } = of("approval", { a: 3, b: 1 });
  assert.deepEqual([share(3), detail(3, "a")], [0.75, "75%"]);
});

test("a method of which no more is known is measured against the option with the most", () => {
  const { share, detail, number, inCard } = of("plurality_of_three", { a: 8, b: 2 });
  assert.deepEqual([share(8), share(2)], [1, 0.25]);
  assert.deepEqual([detail(8, "a"), number(8), inCard(8, "a")], ["", "8", "8"]);
  assert.equal(of("mean", { a: 2.5 }).number(2.5), "2.50");
  assert.equal(of("plurality_of_three", { a: 0, b: 0 }).share(0), 0);
});
