/** All rounds beside each other, with how each option moved from one to the next. */

import { call } from "../call.js";
import { element, setHue, show } from "../dom.js";
import { words } from "../words.js";
import { measure } from "./measure.js";
import { optionsById } from "./votable.js";

const w = words.rounds;

export class RoundsBeside {
  #section;
  #body;
  #path;
  #earlier = [];
  #read = null;
  #shown = null;

  constructor(section, body, code) {
    this.#section = section;
    this.#body = body;
    this.#path = `/api/boards/${code}/rounds`;
  }

  update(state) {
    const { round, epoch } = state;
    const hasMore = (round?.n ?? 0) > 1;
    show(this.#section, hasMore && this.#earlier.length > 0);
    if (!hasMore) return;
    if (this.#read !== (this.#read = `${epoch} ${round.n}`)) this.#load(state);
    else this.#show(state);
  }

  /** What is over stays as it is; the round that is on, the page knows itself. */
  async #load(state) {
    const wanted = this.#read;
    try {
      const { rounds } = await call(this.#path);
      if (this.#read !== wanted) return;
      this.#earlier = rounds.filter(({ round }) => round.n < state.round.n);
      this.#shown = null;
      this.update(state);
    } catch {
      // The next change of the board reads them again.
      this.#read = null;
    }
  }

  #show(state) {
    const { round, current, board, phase } = state;
    const now = JSON.stringify([round, current, board.options, phase]);
    if (now === this.#shown || !this.#earlier.length) return;
    this.#shown = now;
    const rounds = [...this.#earlier, { round, tally: current }];
    this.#body.replaceChildren(element("div", { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": w.caption }, table(rounds, state)));
  }
}

function table(rounds, state) {
  const columns = rounds.map((each, i) => column(each, rounds.slice(0, i)));
  const newest = columns.findLast(({ places }) => places);
  const options = [...optionsById(state).values()].filter(({ id }) => columns.some(({ round }) => round.options.includes(id)));
  const at = ({ id }) => newest?.places.get(id)?.place ?? Infinity;
  options.sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
  return element(
    "table",
    { className: "table rounds" },
    element("caption", { className: "visually-hidden", text: w.caption }),
    element("thead", {}, element("tr", {}, element("th", { scope: "col", text: w.option }), ...columns.map(head))),
    element("tbody", {}, ...options.map((option) => row(option, columns))),
  );
}

/** `places`: option to place and words, or null while the result is hidden. `before`: the
 *  nearest earlier round whose result is there. */
function column({ round, tally }, before) {
  const result = tally?.result ?? null;
  const since = before.findLast((each) => each.tally?.result) ?? null;
  if (!result) return { round, tally, places: null };
  const measured = measure({ round, current: tally, result });
  const common = new Set(since ? round.options.filter((id) => since.round.options.includes(id)) : []);
  const [now, then] = [placesOf(result, common), since && placesOf(since.tally.result, common)];
  const places = new Map();
  for (const [id, at] of placesOf(result)) {
    const moved = common.has(id) ? then.get(id).place - now.get(id).place : null;
    places.set(id, { ...at, total: measured.number(result.totals[id] ?? 0), moved, since: since?.round.n });
  }
  return { round, tally, places };
}

/** Places among `among` only, where given: who fell out between two rounds moves nobody. */
function placesOf({ order }, among = null) {
  const places = new Map();
  for (const group of order) {
    const kept = among ? group.filter((id) => among.has(id)) : group;
    const place = places.size + 1;
    for (const id of kept) places.set(id, { place, isTied: kept.length > 1 });
  }
  return places;
}

function head({ round, tally }) {
  const method = words.methods[round.method] ?? round.method;
  return element("th", { scope: "col" }, w.head(round.n), how(method), how(w.voted(tally?.voters ?? 0)));
}

const how = (text) => element("span", { className: "rounds-how", text });

function row(option, columns) {
  const node = element("tr", { className: "option" }, element("th", { scope: "row", className: "table-option" }, element("span", { text: option.name })), ...columns.map((each) => cell(option.id, each)));
  setHue(node, option.hue);
  return node;
}

function cell(id, { round, places }) {
  if (!round.options.includes(id)) return element("td", { className: "soft", "aria-label": w.notOn, text: "–" });
  if (!places) return element("td", { className: "soft", text: w.hidden });
  const { place, isTied, total, moved, since } = places.get(id);
  return element("td", { className: "num" }, element("b", { text: w.place(place, isTied) }), ` ${total} `, moved === null ? null : move(moved, since));
}

function move(moved, since) {
  const [way, sign, said] = moved > 0 ? ["up", w.up(moved), w.upWords(moved, since)] : moved < 0 ? ["down", w.down(-moved), w.downWords(-moved, since)] : ["same", w.same, w.sameWords(since)];
  return element("span", { className: "rounds-move", data: { way } }, element("span", { "aria-hidden": "true", text: sign }), element("span", { className: "visually-hidden", text: said }));
}
