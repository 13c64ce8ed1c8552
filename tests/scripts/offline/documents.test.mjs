import assert from "node:assert/strict";
import { test } from "node:test";

import {
  codeOf,
  filesOf,
  keptPath,
  stamped,
  versionOf,
} from "../../../static/js/offline/documents.js";

const PAGE = `<link rel="stylesheet" href="/vote/static/ab12/pages/ballot.css">
<script src="/vote/static/ab12/pages/ballot.js"></script>
<link rel="modulepreload" href="/vote/static/ab12/pages/ballot.js">
<body class="paper" data-root="/vote" data-code="K7QF2M" data-view="ballot"><a href="/vote/b/K7QF2M">`;

for (const [address, path] of [
  ["/b/K7QF2M", "/b/K7QF2M"],
  ["/", "/"],
  ["/b/K7QF2M?invite=secret", null],
  ["/?code=K7QF2M", null],
  ["/b/K7QF2M/host", null],
  ["/b/K7QF2M/screen", null],
  ["/b/K7QF2M/record", null],
  ["/api/boards/K7QF2M", null],
  ["/metrics", null],
])
  test(`${address} is ${path ? "kept" : "left alone"}`, () => {
    assert.equal(keptPath(`https://vote.test${address}`, ""), path);
    assert.equal(keptPath(`https://vote.test/vote${address}`, "/vote"), path && `/vote${path}`);
  });

test("what is beside the server on the same host is left alone", () => {
  assert.equal(keptPath("https://vote.test/", "/vote"), null);
  assert.equal(keptPath("https://vote.test/voter/b/K7QF2M", "/vote"), null);
  assert.equal(keptPath("https://vote.test/other/b/K7QF2M", "/vote"), null);
});

test("a page names its files once, of one version, and its board", () => {
  assert.deepEqual(filesOf(PAGE), [
    "/vote/static/ab12/pages/ballot.css",
    "/vote/static/ab12/pages/ballot.js",
  ]);
  assert.equal(versionOf(filesOf(PAGE)[0]), "ab12");
  assert.equal(codeOf(PAGE), "K7QF2M");
  assert.equal(codeOf('<body class="paper" data-root="">'), "");
});

test("a page that is stored says when, and is otherwise the same", () => {
  assert.equal(stamped(PAGE, 5).replace(' data-stored="5"', ""), PAGE);
  assert.match(stamped(PAGE, 5), /<body data-stored="5" class="paper"/);
});
