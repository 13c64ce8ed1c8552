import assert from "node:assert/strict";
import { test } from "node:test";

import { commentCount, dateFormat, facts, listOf, seriesOf, t } from "../../static/js/words.js";

const JUNE = Date.UTC(2027, 5, 1, 12);

test("a sentence takes its arguments, and counts", () => {
  assert.equal(t("home-today"), "today");
  assert.equal(t("board-turnout-here", { voted: 2, here: 1200 }), "2 voted, 1200 here");
  assert.equal(t("board-turnout-all", { voted: 0 }), "No one has voted yet");
  assert.equal(t("board-turnout-all", { voted: 1 }), "1 voted, no one is still choosing");
  assert.equal(t("board-turnout-all", { voted: 21 }), "All 21 have voted");
  const places = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101];
  assert.deepEqual(
    places.map((place) => t("ballot-in-ranking", { place }).split(" ")[0]),
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st"],
  );
});

test("a word chooses a sentence, and an unknown one the default", () => {
  assert.equal(t("board-method", { method: "ranked" }), "Ranking (Schulze)");
  for (const method of ["a-new-one", "constructor", "__proto__"])
    assert.equal(t("board-method", { method }), method);
  assert.equal(
    t("line-stopped", { code: 1009 }).split(".")[0],
    "This page sent more than the server accepts",
  );
});

test("numbers have the digits that their sentence asks for", () => {
  assert.equal(t("result-mean", { mean: 3 }), "⌀ 3.0");
  assert.equal(t("result-decimal", { mean: 1234.5 }), "1234.50");
  assert.equal(t("result-score", { n: 2 }), "2");
});

test("what is missing is seen in the text", () => {
  assert.equal(t("no-such-sentence"), "no-such-sentence");
  assert.equal(t("board-revisit", {}), "Revisit on {$day}");
});

test("a person's own text is not read as a sentence", () => {
  const name = "{ $n } <b> { home-today }";
  assert.equal(t("ballot-chose", { option: name }), `You chose ${name}`);
});

test("lists are joined as the catalogue does it", () => {
  assert.equal(listOf([]), "");
  assert.equal(listOf(["A"]), "A");
  assert.equal(listOf(["A", "B"]), "A and B");
  assert.equal(listOf(["A", "B", "C"]), "A, B and C");
  assert.equal(seriesOf(["A", "B", "C"]), "A, B, C");
  assert.equal(seriesOf([]), "");
  assert.equal(facts(["A", "", null, false, "B"]), "A · B");
});

test("the number of comments can stand out in its sentence", () => {
  assert.deepEqual(commentCount(1), ["", "1", " comment"]);
  assert.deepEqual(commentCount(12), ["", "12", " comments"]);
});

test("days are in the language of the page, in the order of the reader's region", () => {
  const shown = ["en-US", "en-GB", "de", "fr-FR"].map((reader) =>
    dateFormat({ dateStyle: "long", timeZone: "UTC" }, reader).format(JUNE),
  );
  assert.deepEqual(shown, ["June 1, 2027", "1 June 2027", "1 June 2027", "1 June 2027"]);
});
