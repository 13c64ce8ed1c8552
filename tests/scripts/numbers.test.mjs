import assert from "node:assert/strict";
import { test } from "node:test";

import { setCatalogue, t } from "../../static/js/words.js";

test("a number is written as the browser's own formats write it", () => {
  const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const said = { plain: [{ $: "n" }], two: [{ $: "n", as: two }] };
  for (const [tag, point] of [
    ["en", "."],
    ["de", ","],
    ["fa", ""],
  ]) {
    setCatalogue(tag, said, point);
    for (const n of [0, 3, 3.2, 1234.5, 0.125, 2.0625, -1.5, 1e-7, 1e21]) {
      const format = (options) =>
        new Intl.NumberFormat(tag, { useGrouping: false, ...options }).format(n);
      assert.equal(t("plain", { n }), format());
      assert.equal(t("two", { n }), format(two));
    }
  }
});
