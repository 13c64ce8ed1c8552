import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pieces } from "../../static/js/rich_text.js";

const CASES = JSON.parse(readFileSync(new URL("../rich_text.json", import.meta.url), "utf8"));

test("a text is taken apart as the table says, which the server follows too", () => {
  assert.ok(CASES.length > 20);
  for (const [text, expected] of CASES) assert.deepEqual(pieces(text), expected);
});

test("nothing of a text is lost", () => {
  for (const [text] of CASES) {
    const whole = pieces(text).map(([kind, piece]) => (kind === "code" ? `\`${piece}\`` : piece));
    assert.equal(whole.join(""), text);
  }
});
