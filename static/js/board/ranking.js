/** A result as bars, best first, and as the table behind them.
 *
 *  Bars grow, and rows that overtake one another change places: it shows what changed and nothing
 *  else.
 */

import { element, fromTemplate, part, parts, setHue, setShare, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { slide } from "../slide.js";
import { t } from "../words.js";
import { agreementWord, measure } from "./measure.js";
import { optionsById } from "./votable.js";

/** An option in the result, as it is shown. `share`: from 0 to 1.
 *  @typedef {{
 *    id: string, option: Wire.Option, rank: string, total: string, share: number,
 *    detail: string, note: string, leads: boolean, isSplit: boolean, histogram: number[],
 *  }} Row
 */

export class Ranking {
  #list;
  #table;
  #rows;
  /** The ids in their order, as they are shown.
   *  @type {string | null} */
  #order = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#list = part(root, "ranking");
    this.#table = part(root, "ranking-table");
    this.#rows = new KeyedList(this.#list, {
      inSlices: true,
      make: (_, rendered) => new Bar(rendered ?? fromTemplate("bar")),
    });
  }

  /** `result`: what its rows are, where they are shown one by one before it is time for all.
   *
   *  @param {BoardState} state
   */
  update(state, result = state.result) {
    const rows = rowsOf(state, result);
    const place = () => {
      arrange(this.#list, rows);
      this.#rows.render(rows);
    };
    const order = JSON.stringify(rows.map(({ id }) => id));
    // To look where rows are takes long, and at first they come from nowhere.
    if (this.#order === null || this.#order === order) place();
    else slide(this.#list, place);
    this.#order = order;
    this.#fillTable(
      state.result ? rows : [],
      t("result-head", { method: state.round?.method ?? "single" }),
    );
  }

  /** @param {Row[]} rows @param {string} head */
  #fillTable(rows, head) {
    setText(this.#table.tHead.rows[0].lastElementChild, head);
    const [body] = this.#table.tBodies;
    while (body.rows.length > rows.length) body.deleteRow(-1);
    while (body.rows.length < rows.length)
      body.append(element("tr", {}, element("td"), element("th", { scope: "row" }), element("td")));
    rows.forEach(({ rank, option, total }, at) =>
      [rank, option.name, total].forEach((text, n) => setText(body.rows[at].cells[n], text)),
    );
  }
}

class Bar {
  #parts;
  #fill;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.element = root;
    this.#parts = parts(root);
    this.#fill = /** @type {HTMLElement} */ (root.querySelector(".bar-fill"));
  }

  /** @param {Row} of */
  update({ option, rank, total, share, detail, note, leads, isSplit, histogram }) {
    setHue(this.element, option.hue);
    this.element.toggleAttribute("data-leads", leads);
    setShare(this.#fill, share);
    setText(this.#parts.rank, rank);
    setText(this.#parts.name, option.name);
    setText(this.#parts.note, note);
    setText(this.#parts.split, isSplit ? t("result-split") : "");
    setText(this.#parts.total, total);
    setText(this.#parts.percent, detail);
    fillStrip(this.#parts.strip, histogram);
  }
}

/** Draw a histogram that fits into a line of text: a column for each count, as high as its share
 *  of the highest; empty ones stay seen.
 *
 *  @param {HTMLElement} node
 *  @param {number[]} counts
 */
function fillStrip(node, counts) {
  const most = Math.max(1, ...counts);
  while (node.childElementCount > counts.length) node.lastElementChild?.remove();
  while (node.childElementCount < counts.length) node.append(element("i"));
  counts.forEach((n, i) =>
    /** @type {HTMLElement} */ (node.children[i]).style.setProperty("--share", String(n / most)),
  );
}

/** A strip of more columns than this is a blur; the table has them all. */
const MOST_COLUMNS = 12;

/** @param {number[]} histogram */
const drawn = (histogram) => (histogram.length > MOST_COLUMNS ? [] : histogram);

/** On the big screen ten rows fill a column, more than six are dense; fifty options take three.
 *
 *  @param {HTMLElement} list
 *  @param {Row[]} rows
 */
function arrange(list, rows) {
  const n = rows.length;
  const columns = n <= 10 ? 1 : n <= 24 ? 2 : 3;
  list.dataset.columns = String(columns);
  list.toggleAttribute("data-dense", n > 6);
  list.style.setProperty("--rows", String(Math.ceil(n / columns)));
  list.toggleAttribute(
    "data-strips",
    rows.some(({ histogram }) => histogram.length > 0),
  );
}

/** @param {BoardState} state @param {Wire.Result | null} result */
function rowsOf(state, result) {
  const { round, current, phase, counted: voters } = state;
  if (!result || !round || !current) return [];
  const options = optionsById(state);
  const { share, detail, number } = measure({ round, voters, result });
  /** @type {Row[]} */
  const rows = [];
  for (const group of result.order) {
    const known = group.filter((id) => options.has(id));
    const place = rows.length + 1;
    for (const id of known) {
      const total = result.totals[id] ?? 0;
      // A tie-break makes one of those that are tied the winner.
      const leads =
        voters > 0 && (result.winners.length ? result.winners.includes(id) : place === 1);
      const isTied = known.length > 1;
      const note = !leads
        ? ""
        : result.winners.length > 1 || (isTied && !result.winners.length)
          ? t("result-tied")
          : phase === "open"
            ? t("result-leads")
            : t("result-first");
      rows.push({
        id,
        option: /** @type {Wire.Option} */ (options.get(id)),
        rank: voters ? t(isTied ? "result-rank-tied" : "result-rank", { place }) : "–",
        total: number(total),
        share: share(total),
        detail: voters ? detail(total, id) : "",
        note,
        leads,
        isSplit: voters > 1 && agreementWord(result.agreement?.[id] ?? Infinity) === "split",
        histogram: drawn(result.histogram?.[id] ?? []),
      });
    }
  }
  return rows;
}
