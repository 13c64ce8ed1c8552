import assert from "node:assert/strict";
import { test } from "node:test";

import { outdated } from "../../../static/js/offline/kept.js";

const DAY = 86_400_000;
const page = (n, at) => ({ path: `/b/${n}`, code: `${n}`, at });

test("the twelve boards that were opened last are kept", () => {
  const pages = Array.from({ length: 15 }, (_, n) => page(n, n));
  assert.deepEqual(
    outdated(pages, 20).map(({ path }) => path),
    ["/b/2", "/b/1", "/b/0"],
  );
  assert.deepEqual(outdated(pages.slice(0, 12), 20), []);
});

test("a board that was not opened for a month goes", () => {
  const pages = [page("old", 0), page("new", 2 * DAY)];
  assert.deepEqual(outdated(pages, 30 * DAY), []);
  assert.deepEqual(outdated(pages, 31 * DAY), [page("old", 0)]);
});
