/** How the ballots are spread over the steps of the scale, option by option, and how much they
 *  agree: as columns with their numbers, in a table that can be read out. */

import { element, setHue } from "../../dom.js";
import { t } from "../../words.js";
import { agreementWord } from "../measure.js";

/** What the steps of a histogram are called. */
/** @type {Record<string, (i: number, n: number) => string>} */
const STEPS = {
  ranked: (i, n) => (i === n - 1 ? t("evidence-unranked") : String(i + 1)),
};
/** @param {number} i */
const byNumber = (i) => String(i);

/** @param {string} method @param {Wire.Result} of @param {Options} options */
export function spread(
  method,
  { order, histogram = {}, agreement = {}, no_opinion: noOpinion = {} },
  options,
) {
  const caption = t("evidence-spread-caption", { method });
  const ids = order.flat().filter((id) => id in histogram);
  const steps = histogram[ids[0]].map((_, i, all) => (STEPS[method] ?? byNumber)(i, all.length));
  const most = Math.max(1, ...ids.flatMap((id) => histogram[id]));
  const silent = ids.some((id) => noOpinion[id]);
  const rows = ids.map((id) => {
    const option = options.get(id);
    const name = element(
      "th",
      { scope: "row", className: "table-option option" },
      element("span", { text: option?.name ?? id }),
      id in agreement ? verdict(agreement[id]) : null,
    );
    const row = element(
      "tr",
      { className: "option" },
      name,
      ...histogram[id].map((n) => column(n, most)),
    );
    if (silent)
      row.append(
        element("td", { className: "num soft", text: noOpinion[id] ? String(noOpinion[id]) : "" }),
      );
    setHue(row, option?.hue);
    setHue(name, option?.hue);
    return row;
  });
  /** @param {string} text */
  const head = (text) => element("th", { scope: "col", className: "num", text });
  return element(
    "div",
    {
      className: "table-scroll",
      tabIndex: 0,
      role: "region",
      "aria-label": caption,
    },
    element(
      "table",
      { className: "table spread" },
      element("caption", { className: "visually-hidden", text: caption }),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col", text: t("evidence-option") }),
          ...steps.map(head),
          ...(silent ? [head(t("evidence-no-opinion"))] : []),
        ),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}

/** @param {number} n @param {number} most */
function column(n, most) {
  const node = element(
    "td",
    { className: "spread-step num" },
    element("span", { text: String(n) }),
    element("i", { "aria-hidden": "true" }),
  );
  node.style.setProperty("--share", String(n / most));
  return node;
}

/** @param {number} a */
function verdict(a) {
  const agreement = agreementWord(a);
  return element("span", {
    className: "agreement num",
    data: { agreement },
    text: t("evidence-agreement", { agreement, size: Number(Math.abs(a).toFixed(2)) }),
  });
}
