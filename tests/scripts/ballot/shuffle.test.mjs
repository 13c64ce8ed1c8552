import assert from "node:assert/strict";
import { test } from "node:test";

import { fnv1a, shuffled } from "../../../static/js/ballot/shuffle.js";

const OPTIONS = ["bottle", "django", "fastapi", "flask", "pyramid", "quart", "tornado"];

test("the hash is FNV-1a", () => {
  assert.equal(fnv1a(""), 0x811c9dc5);
  assert.equal(fnv1a("a"), 0xe40c292c);
  assert.equal(fnv1a("foobar"), 0xbf9cf968);
});

test("a seat sees the order that the server gives it", () => {
  // `tests/domain/test_shuffle.py` asks for the same.
  const order = ["bottle", "fastapi", "flask", "pyramid", "django", "quart", "tornado"];
  assert.deepEqual(shuffled(OPTIONS, "ann", 1), order);
});

test("the order in which the options were listed does not matter, and stays as it was", () => {
  const listed = [...OPTIONS].reverse();
  assert.deepEqual(shuffled(listed, "ann", 1), shuffled(OPTIONS, "ann", 1));
  assert.deepEqual(listed, [...OPTIONS].reverse());
});

test("further discussion is always the last line", () => {
  for (let n = 1; n < 50; n += 1) {
    assert.equal(
      shuffled(["further-discussion", ...OPTIONS], "ann", n).at(-1),
      "further-discussion",
    );
  }
});

test("seats and rounds see different orders", () => {
  const orders = new Set();
  for (let seat = 0; seat < 20; seat += 1) {
    for (const n of [1, 2]) orders.add(shuffled(OPTIONS, `seat ${seat}`, n).join());
  }
  assert.equal(orders.size, 40);
});
