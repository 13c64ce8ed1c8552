/** A result as bars, best first, and as the table behind them.
 *
 *  Bars grow, rows that overtake one another change places, and a reveal runs once from
 *  last to first; each shows what changed and nothing else.
 */

import { element, fromTemplate, part, parts, setHue, setShare, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { optionsById } from "./votable.js";

const MOVE_MS = 420;
/** The whole reveal takes no longer than this, however many options there are. */
const REVEAL_MS = 6_000;
const BEAT_MS = 700;

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

export class Ranking {
  #list;
  #table;
  #rows;

  constructor(root) {
    this.#list = part(root, "ranking");
    this.#table = part(root, "ranking-table").tBodies[0];
    this.#rows = new KeyedList(this.#list, { make: (row, rendered) => new Bar(rendered ?? fromTemplate("bar")) });
  }

  update(state) {
    const rows = rowsOf(state);
    const before = this.#positions();
    arrange(this.#list, rows.length);
    this.#rows.render(rows);
    this.#slide(before);
    this.#fillTable(rows);
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

  #positions() {
    return new Map([...this.#list.children].map((bar) => [bar, bar.getBoundingClientRect()]));
  }

  #slide(before) {
    if (isCalm.matches) return;
    for (const bar of this.#list.children) {
      const was = before.get(bar);
      if (!was?.height) continue;
      const is = bar.getBoundingClientRect();
      const [dx, dy] = [was.left - is.left, was.top - is.top];
      if (dx || dy) bar.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "cubic-bezier(.2, .8, .2, 1)" });
    }
  }

  #fillTable(rows) {
    this.#table.replaceChildren(
      ...rows.map(({ rank, option, total }) => element("tr", {}, element("td", { text: rank }), element("th", { scope: "row", text: option.name }), element("td", { text: String(total) }))),
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

  update({ option, rank, total, share, note, leads }) {
    setHue(this.element, option.hue);
    this.element.toggleAttribute("data-leads", leads);
    setShare(this.#fill, share);
    setText(this.#parts.rank, rank);
    setText(this.#parts.name, option.name);
    setText(this.#parts.note, note);
    setText(this.#parts.total, String(total));
    setText(this.#parts.percent, words.percent(share));
  }
}

/** On the big screen ten rows fill a column; fifty options stand in three. */
function arrange(list, n) {
  const columns = n <= 10 ? 1 : n <= 24 ? 2 : 3;
  list.dataset.columns = columns;
  list.style.setProperty("--rows", String(Math.ceil(n / columns)));
}

function rowsOf(state) {
  const { result, current, phase } = state;
  if (!result) return [];
  const options = optionsById(state);
  const voters = current.voters;
  const rows = [];
  for (const group of result.order) {
    const known = group.filter((id) => options.has(id));
    const place = rows.length + 1;
    for (const id of known) {
      const total = result.totals[id] ?? 0;
      const leads = place === 1 && voters > 0;
      const note = !leads ? "" : known.length > 1 ? words.tied : phase === "open" ? words.leads : words.wins;
      rows.push({ id, option: options.get(id), rank: voters ? words.rank(place, known.length > 1) : words.noRank, total, share: voters ? total / voters : 0, note, leads });
    }
  }
  return rows;
}
