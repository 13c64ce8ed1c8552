/** The tables behind a result: head to head, round by round, counted otherwise. */

import { element, setHue } from "../../dom.js";
import { t } from "../../words.js";
import { decimal, percentOf } from "../measure.js";

/** @param {string} text @param {Record<string, string>} [properties] */
const cell = (text, properties = {}) => element("td", { className: "num", text, ...properties });
/** @param {string} text @param {Record<string, string>} [properties] */
export const headCell = (text, properties = {}) =>
  element("th", { scope: "col", text, ...properties });

/** A table too wide for a phone scrolls by itself, also by keyboard.
 *
 *  @param {string} caption
 *  @param {HTMLElement[]} heads
 *  @param {HTMLElement[]} rows
 */
export function table(caption, heads, rows) {
  return element(
    "div",
    { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": caption },
    element(
      "table",
      { className: "table" },
      element("caption", { className: "visually-hidden", text: caption }),
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
    ),
  );
}

/** @param {string} id @param {Options} options */
function rowHead(id, options) {
  const option = options.get(id);
  const node = element(
    "th",
    { scope: "row", className: "option table-option" },
    element("span", { text: option?.name ?? id }),
  );
  setHue(node, option?.hue);
  return node;
}

/** Who is preferred to whom, by how many.
 *
 *  @param {Wire.Result} of
 *  @param {Options} options
 */
export function headToHead({ order, pairwise = {} }, options) {
  const ids = order.flat().filter((id) => id in pairwise);
  /** @param {string} id */
  const name = (id) => options.get(id)?.name ?? id;
  const rows = ids.map((a) =>
    element(
      "tr",
      {},
      rowHead(a, options),
      ...ids.map((b) => {
        if (a === b) return cell("", { className: "table-self" });
        const [n, against] = [pairwise[a]?.[b] ?? 0, pairwise[b]?.[a] ?? 0];
        const wins = n > against;
        return cell(wins ? `${n} ✓` : String(n), { className: wins ? "num table-wins" : "num" });
      }),
    ),
  );
  return table(
    t("evidence-head-to-head-caption"),
    [headCell(t("evidence-option")), ...ids.map((id) => headCell(name(id)))],
    rows,
  );
}

/** What each criterion says. A cell without a score is empty, not 0.
 *
 *  @param {Wire.Result} of
 *  @param {Wire.Criterion[]} criteria
 *  @param {Options} options
 */
export function byCriterion({ order, means = {}, totals }, criteria, options) {
  const weights = criteria.reduce((sum, { weight }) => sum + weight, 0);
  const rows = order
    .flat()
    .map((id) =>
      element(
        "tr",
        {},
        rowHead(id, options),
        ...criteria.map(({ id: criterion }) =>
          cell(criterion in (means[id] ?? {}) ? decimal(means[id][criterion]) : "–"),
        ),
        cell(decimal(totals[id]), { className: "num table-wins" }),
      ),
    );
  return table(
    t("evidence-criteria-caption"),
    [
      headCell(t("evidence-option")),
      ...criteria.map(({ name, weight }) =>
        headCell(t("evidence-criterion-head", { name, percent: percentOf(weight / weights) })),
      ),
      headCell(t("result-head", { method: "matrix" })),
    ],
    rows,
  );
}

/** The votes of each round, and who dropped out when.
 *
 *  @param {Wire.Result} of
 *  @param {Options} options
 */
export function runOff({ rounds = [] }, options) {
  /** @param {string} id */
  const last = (id) => rounds.findLastIndex((round) => id in round);
  const ids = Object.keys(rounds[0]).sort(
    (a, b) => last(b) - last(a) || rounds[last(a)][b] - rounds[last(a)][a],
  );
  const rows = ids.map((id) =>
    element(
      "tr",
      {},
      rowHead(id, options),
      ...rounds.map((round, n) =>
        id in round
          ? cell(String(round[id]))
          : cell(n === last(id) + 1 ? t("evidence-dropped") : "", { className: "soft" }),
      ),
    ),
  );
  return table(
    t("evidence-run-off"),
    [
      headCell(t("evidence-option")),
      ...rounds.map((_, n) => headCell(t("board-round", { n: n + 1 }))),
    ],
    rows,
  );
}

/** What other rules make of the same ballots.
 *
 *  @param {Wire.Result} of
 *  @param {Options} options
 */
export function alternatives({ beside: others = {}, winners }, options) {
  /** @param {string[]} group */
  const names = (group) => group.map((id) => options.get(id)?.name ?? id).join(" = ");
  return element(
    "ul",
    { className: "alternatives" },
    ...Object.entries(others).map(([rule, { order, scores, note = "" }]) => {
      const isSame = order[0]?.some((id) => winners.includes(id));
      return element(
        "li",
        { className: "alternative" },
        element(
          "p",
          { className: "alternative-head" },
          element("b", { text: t("evidence-alternative", { rule }) }),
          element("span", {
            className: "soft small",
            text: t("evidence-alternative-rule", { rule }),
          }),
          element("span", {
            className: isSame ? "alternative-same" : "alternative-other",
            text: isSame ? t("evidence-same-winner") : t("evidence-other-winner"),
          }),
        ),
        element(
          "ol",
          { className: "alternative-order" },
          ...order.map((group) =>
            element(
              "li",
              {},
              element("span", { text: names(group) }),
              element("span", {
                className: "soft num",
                text: t("result-score", { n: Math.round(scores[group[0]] * 100) / 100 }),
              }),
            ),
          ),
        ),
        note ? element("p", { className: "soft small", text: note }) : null,
      );
    }),
  );
}
