/** A result as bars, best first, and as the table behind them.
 *
 *  Bars grow, rows that overtake one another change places, and a reveal runs once from
 *  last to first; each shows what changed and nothing else.
 */

import { element, fromTemplate, part, parts, setHue, setShare, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { isCalm, slide } from "../slide.js";
import { words } from "../words.js";
import { agreementWord, measure } from "./measure.js";
import { fillStrip } from "./strip.js";
import { optionsById } from "./votable.js";

const w = words.results;

/** The whole reveal takes no longer than this, however many options there are. */
const REVEAL_MS = 6_000;
const BEAT_MS = 700;

export class Ranking {
  #list;
  #table;
  #rows;

  constructor(root) {
    this.#list = part(root, "ranking");
    this.#table = part(root, "ranking-table");
    this.#rows = new KeyedList(this.#list, { make: (row, rendered) => new Bar(rendered ?? fromTemplate("bar")) });
  }

  update(state) {
    const rows = rowsOf(state);
    slide(this.#list, () => {
      arrange(this.#list, rows);
      this.#rows.render(rows);
    });
    this.#fillTable(rows, w.heads[state.round?.method] ?? w.heads.single);
  }

  /** Shows the rows that are there once more, from last to first. Resolves when it is over. */
  async reveal() {
    const bars = [...this.#list.children];
    if (isCalm.matches || !bars.length) return;
    const beat = Math.min(BEAT_MS, REVEAL_MS / bars.length);
    this.#list.style.setProperty("--beat", `${beat}ms`);
    bars.forEach((bar, i) => bar.style.setProperty("--turn", String(bars.length - 1 - i)));
    this.#list.classList.add("reveals");
    await Promise.allSettled(this.#list.getAnimations({ subtree: true }).map((animation) => animation.finished));
    this.#list.classList.remove("reveals");
  }

  #fillTable(rows, head) {
    setText(this.#table.tHead.rows[0].lastElementChild, head);
    this.#table.tBodies[0].replaceChildren(
      ...rows.map(({ rank, option, total }) => element("tr", {}, element("td", { text: rank }), element("th", { scope: "row", text: option.name }), element("td", { text: total }))),
    );
  }
}

class Bar {
  #parts;
  #fill;

  constructor(root) {
    this.element = root;
    this.#parts = parts(root);
    this.#fill = root.querySelector(".bar-fill");
  }

  update({ option, rank, total, share, beside, note, leads, isSplit, histogram }) {
    setHue(this.element, option.hue);
    this.element.toggleAttribute("data-leads", leads);
    setShare(this.#fill, share);
    setText(this.#parts.rank, rank);
    setText(this.#parts.name, option.name);
    setText(this.#parts.note, note);
    setText(this.#parts.split, isSplit ? w.isSplit : "");
    setText(this.#parts.total, total);
    setText(this.#parts.percent, beside);
    fillStrip(this.#parts.strip, histogram);
  }
}

/** A strip of more columns than this is a blur; the table has them all. */
const MOST_COLUMNS = 12;

const drawn = (histogram) => (histogram.length > MOST_COLUMNS ? [] : histogram);

/** On the big screen ten rows fill a column; fifty options stand in three. */
function arrange(list, rows) {
  const n = rows.length;
  const columns = n <= 10 ? 1 : n <= 24 ? 2 : 3;
  list.dataset.columns = columns;
  list.style.setProperty("--rows", String(Math.ceil(n / columns)));
  list.toggleAttribute("data-strips", rows.some(({ histogram }) => histogram.length > 0));
}

function rowsOf(state) {
  const { result, current, phase } = state;
  if (!result) return [];
  const options = optionsById(state);
  const { share, beside, number } = measure(state);
  const { voters } = current;
  const rows = [];
  for (const group of result.order) {
    const known = group.filter((id) => options.has(id));
    const place = rows.length + 1;
    for (const id of known) {
      const total = result.totals[id] ?? 0;
      // A tie-break makes one of those that are tied the winner.
      const leads = voters > 0 && (result.winners.length ? result.winners.includes(id) : place === 1);
      const isTied = known.length > 1;
      const note = !leads ? "" : result.winners.length > 1 || (isTied && !result.winners.length) ? w.tied : phase === "open" ? w.leads : w.wins;
      rows.push({
        id,
        option: options.get(id),
        rank: voters ? w.rank(place, isTied) : w.noRank,
        total: number(total),
        share: share(total),
        beside: voters ? beside(total, id) : "",
        note,
        leads,
        isSplit: id in (result.agreement ?? {}) && voters > 1 && agreementWord(result.agreement[id]) === "split",
        histogram: drawn(result.histogram?.[id] ?? []),
      });
    }
  }
  return rows;
}
