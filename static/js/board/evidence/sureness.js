/** How sure a result is: a word, what it rests on, and folded who would win by other rules, and by
 *  other weights. */

import { element, part, setText, show } from "../../dom.js";
import { t } from "../../words.js";
import { optionsById } from "../votable.js";
import { headCell, table } from "./tables.js";
import { Weights } from "./weights.js";

/** For the shared screen: the word, and what it means.
 *
 *  @param {Wire.Verdict} of
 */
export function surenessLine({ word }) {
  return element(
    "span",
    { className: "sureness-word", data: { word } },
    pips(),
    element("b", { text: t("sureness-word", { word }) }),
    element("span", { text: t("sureness-means", { word }) }),
  );
}

const pips = () =>
  element(
    "span",
    { className: "pips", "aria-hidden": "true" },
    element("i"),
    element("i"),
    element("i"),
  );

/** Who wins by each rule.
 *
 *  @param {Wire.Verdict} of
 *  @param {string[]} winners
 *  @param {Options} options
 */
function readingsTable({ readings }, winners, options) {
  const rows = readings.map(({ rule, winners: won }) => {
    const isSame = won.length === winners.length && won.every((id) => winners.includes(id));
    return element(
      "tr",
      {},
      element("th", {
        scope: "row",
        className: "sureness-rule",
        text: t("sureness-rule", { rule }),
      }),
      element("td", {
        text: won.map((id) => options.get(id)?.name ?? id).join(" = "),
      }),
      element("td", {
        className: isSame ? "alternative-same" : "alternative-other",
        text: t(isSame ? "evidence-same-winner" : "evidence-other-winner"),
      }),
    );
  });
  return table(
    t("sureness-readings"),
    [headCell(t("sureness-rule-head")), headCell(t("sureness-winner-head")), element("td")],
    rows,
  );
}

export class Sureness {
  #root;
  #parts;
  /** @type {string | null} */
  #shown = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#parts = {
      word: part(root, "sureness-word"),
      means: part(root, "sureness-means"),
      because: part(root, "sureness-because"),
      more: part(root, "sureness-more"),
    };
  }

  /** @param {BoardState} state */
  update(state) {
    const { round, result, current } = state;
    const verdict = current?.verdict;
    const options = optionsById(state);
    const wanted = JSON.stringify([
      verdict,
      round?.n,
      [...options.values()].map(({ name }) => name),
    ]);
    show(this.#root, Boolean(verdict));
    if (!verdict || !round || !result || !current || wanted === this.#shown) return;
    this.#shown = wanted;
    const { word, because, readings } = verdict;
    this.#root.dataset.word = word;
    setText(this.#parts.word, t("sureness-word", { word }));
    setText(this.#parts.means, t("sureness-means", { word }));
    this.#parts.because.replaceChildren(...because.map((text) => element("li", { text })));
    this.#parts.more.replaceChildren(
      ...(readings.length > 1
        ? [fold(t("sureness-readings"), readingsTable(verdict, result.winners, options))]
        : []),
      ...(round.method === "matrix"
        ? [
            fold(
              t("weights-title"),
              new Weights({ round, result, voters: current.voters, options }).element,
            ),
          ]
        : []),
    );
  }
}

/** @param {string} title @param {HTMLElement} body */
const fold = (title, body) =>
  element("details", { className: "fold" }, element("summary", { text: title }), body);
