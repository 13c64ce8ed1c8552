/** The tables behind a result: head to head, round by round, counted otherwise. */

import { element, setHue } from "../../dom.js";
import { words } from "../../words.js";

const w = words.results;

const cell = (text, properties = {}) => element("td", { className: "num", text, ...properties });
const head = (text, properties = {}) => element("th", { scope: "col", text, ...properties });

/** A table too wide for a phone scrolls by itself, also by keyboard. */
function table(caption, heads, rows) {
  return element(
    "div",
    { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": caption },
    element("table", { className: "table" }, element("caption", { className: "visually-hidden", text: caption }), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows)),
  );
}

function rowHead(id, options) {
  const option = options.get(id);
  const node = element("th", { scope: "row", className: "option table-option" }, element("span", { text: option?.name ?? id }));
  setHue(node, option?.hue);
  return node;
}

/** Who is preferred to whom, by how many. */
export function headToHead({ order, pairwise }, options) {
  const ids = order.flat().filter((id) => id in pairwise);
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
  return table(w.headToHeadCaption, [head(w.option), ...ids.map((id) => head(name(id)))], rows);
}

/** What each criterion says. A cell without a score is empty, not 0. */
export function byCriterion({ order, means, totals }, criteria, options) {
  const weights = criteria.reduce((sum, { weight }) => sum + weight, 0);
  const rows = order.flat().map((id) => element("tr", {}, rowHead(id, options), ...criteria.map(({ id: criterion }) => cell(means[id]?.[criterion]?.toFixed(2) ?? "–")), cell(w.weighted(totals[id]), { className: "num table-wins" })));
  return table(w.byCriterionCaption, [head(w.option), ...criteria.map(({ name, weight }) => head(`${name} (${w.weighs(weight / weights)})`)), head(w.heads.matrix)], rows);
}

/** The votes of each round, and who dropped out when. */
export function runOff({ rounds }, options) {
  const last = (id) => rounds.findLastIndex((round) => id in round);
  const ids = Object.keys(rounds[0]).sort((a, b) => last(b) - last(a) || rounds[last(a)][b] - rounds[last(a)][a]);
  const rows = ids.map((id) => element("tr", {}, rowHead(id, options), ...rounds.map((round, n) => (id in round ? cell(String(round[id])) : cell(n === last(id) + 1 ? w.out : "", { className: "soft" })))));
  return table(w.runOff, [head(w.option), ...rounds.map((_, n) => head(w.runOffRound(n + 1)))], rows);
}

/** What other rules make of the same ballots. */
export function beside({ beside: others, winners }, options) {
  const names = (group) => group.map((id) => options.get(id)?.name ?? id).join(" = ");
  return element(
    "ul",
    { className: "besides" },
    ...Object.entries(others).map(([rule, { order, scores }]) => {
      const isSame = order[0]?.some((id) => winners.includes(id));
      return element(
        "li",
        { className: "beside" },
        element("p", { className: "beside-head" }, element("b", { text: w.besideNames[rule] ?? rule }), element("span", { className: "soft small", text: w.besideWhat[rule] ?? "" }), element("span", { className: isSame ? "beside-same" : "beside-other", text: isSame ? w.besideSame : w.besideOther })),
        element("ol", { className: "beside-order" }, ...order.map((group) => element("li", {}, element("span", { text: names(group) }), element("span", { className: "soft num", text: w.score(scores[group[0]]) })))),
      );
    }),
  );
}
