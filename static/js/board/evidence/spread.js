/** How the ballots spread over the steps of the scale, option by option, and how much they
 *  agree: as columns with their numbers, in a table that can be read out. */

import { element, setHue } from "../../dom.js";
import { words } from "../../words.js";
import { agreementWord } from "../measure.js";

const w = words.results;

/** What the steps of a histogram are called. */
const STEPS = {
  ranked: (i, n) => (i === n - 1 ? w.unranked : String(i + 1)),
};
const byNumber = (i) => String(i);

export function spread(method, { order, histogram, agreement = {}, no_opinion: noOpinion = {} }, options) {
  const ids = order.flat().filter((id) => id in histogram);
  const steps = histogram[ids[0]].map((_, i, all) => (STEPS[method] ?? byNumber)(i, all.length));
  const most = Math.max(1, ...ids.flatMap((id) => histogram[id]));
  const silent = ids.some((id) => noOpinion[id]);
  const rows = ids.map((id) => {
    const option = options.get(id);
    const name = element("th", { scope: "row", className: "table-option option" }, element("span", { text: option?.name ?? id }), id in agreement ? verdict(agreement[id]) : null);
    const row = element("tr", { className: "option" }, name, ...histogram[id].map((n) => column(n, most)));
    if (silent) row.append(element("td", { className: "num soft", text: noOpinion[id] ? String(noOpinion[id]) : "" }));
    setHue(row, option?.hue);
    setHue(name, option?.hue);
    return row;
  });
  const head = (text) => element("th", { scope: "col", className: "num", text });
  return element(
    "div",
    { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": w.spreadCaption[method] },
    element(
      "table",
      { className: "table spread" },
      element("caption", { className: "visually-hidden", text: w.spreadCaption[method] }),
      element("thead", {}, element("tr", {}, element("th", { scope: "col", text: w.option }), ...steps.map(head), ...(silent ? [head(w.noOpinionHead)] : []))),
      element("tbody", {}, ...rows),
    ),
  );
}

function column(n, most) {
  const node = element("td", { className: "spread-step num" }, element("span", { text: String(n) }), element("i", { "aria-hidden": "true" }));
  node.style.setProperty("--share", String(n / most));
  return node;
}

function verdict(a) {
  const word = agreementWord(a);
  return element("span", { className: "agreement num", data: { agreement: word }, text: w.agreementOf(w.agreement[word], a) });
}
