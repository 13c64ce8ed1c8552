/** All rounds side by side, with how each option moved from one to the next. */

import { callApiUntil } from "../api.js";
import { element, setHue, show } from "../dom.js";
import { t } from "../words.js";
import { measure } from "./measure.js";
import { movementView } from "./movement.js";
import { optionsById } from "./votable.js";

/** A round, and what of its tally can be seen.
 *  @typedef {{ round: Wire.RoundView, tally: Wire.TallyView | null }} Compared
 *
 *  The place of an option; `moved`: how many places up since the round `since`.
 *  @typedef {{
 *    place: number, isTied: boolean, total: string, moved: number | null, since?: number,
 *  }} Place
 *
 *  `places` is null while the result is hidden.
 *  @typedef {Compared & { places: Map<string, Place> | null }} Column
 */

export class RoundComparison {
  #section;
  #body;
  #code;
  /** @type {Compared[]} */
  #earlier = [];
  /** @type {string | null} */
  #read = null;
  /** @type {string | null} */
  #shown = null;

  /** @param {HTMLElement} section @param {HTMLElement} body @param {string} code */
  constructor(section, body, code) {
    this.#section = section;
    this.#body = body;
    this.#code = code;
  }

  /** @param {BoardState} state */
  update(state) {
    const { round, epoch } = state;
    const hasMore = round !== null && round.n > 1;
    show(this.#section, hasMore && this.#earlier.length > 0);
    if (!hasMore) return;
    if (this.#read !== (this.#read = `${epoch} ${round.n}`)) this.#load(state);
    else this.#show(state);
  }

  /** What is over stays as it is; the round that is on, the page knows itself.
   *
   *  @param {BoardState} state
   */
  async #load(state) {
    const wanted = this.#read;
    const last = (state.round?.n ?? 0) - 1;
    try {
      /** @type {Wire.AllRounds} */
      const { rounds } = await callApiUntil(
        `/api/boards/${this.#code}/rounds`,
        (/** @type {Wire.AllRounds} */ answer) =>
          answer.rounds.some(({ round }) => round.n === last && round.state === "revealed"),
      );
      if (this.#read !== wanted) return;
      // Criteria are not compared with options.
      this.#earlier = rounds.filter(({ round }) => round.n <= last && !round.names);
      this.#shown = null;
      this.update(state);
    } catch {
      // The next change of the board reads them again.
      this.#read = null;
    }
  }

  /** @param {BoardState} state */
  #show(state) {
    const { round, current, board, phase } = state;
    const now = JSON.stringify([round, current, board.options, phase]);
    if (now === this.#shown || !this.#earlier.length || !round) return;
    this.#shown = now;
    const visible = state.isRevealing ? null : current;
    const rounds = [...this.#earlier, ...(round.names ? [] : [{ round, tally: visible }])];
    this.#body.replaceChildren(
      element(
        "div",
        {
          className: "table-scroll",
          tabIndex: 0,
          role: "region",
          "aria-label": t("rounds-caption"),
        },
        table(rounds, state),
      ),
      ...rounds.flatMap((each) => {
        const movement = each.tally?.movement;
        if (!movement) return [];
        return [movementView(movement, each.round.n, state, this.#code)];
      }),
    );
  }
}

/** @param {Compared[]} rounds @param {BoardState} state */
function table(rounds, state) {
  const columns = rounds.map((each, i) => column(each, rounds.slice(0, i)));
  const newest = columns.findLast(({ places }) => places);
  const options = [...optionsById(state).values()].filter(({ id }) =>
    columns.some(({ round }) => round.options.includes(id)),
  );
  /** @param {Wire.Option} of */
  const at = ({ id }) => newest?.places?.get(id)?.place ?? Infinity;
  options.sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
  return element(
    "table",
    { className: "table rounds" },
    element("caption", { className: "visually-hidden", text: t("rounds-caption") }),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col", text: t("rounds-option") }),
        ...columns.map(head),
      ),
    ),
    element("tbody", {}, ...options.map((option) => row(option, columns))),
  );
}

/** @param {Compared} of @param {Compared[]} before the rounds before it @returns {Column} */
function column({ round, tally }, before) {
  const result = tally?.result ?? null;
  const since = before.findLast((each) => each.tally?.result) ?? null;
  if (!result) return { round, tally, places: null };
  const measured = measure({ round, voters: tally?.voters ?? 0, result });
  const common = new Set(
    since ? round.options.filter((id) => since.round.options.includes(id)) : [],
  );
  const [now, then] = [
    placesOf(result, common),
    placesOf(since?.tally?.result ?? { order: [] }, common),
  ];
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const [id, at] of placesOf(result)) {
    const moved = common.has(id) ? placeIn(then, id) - placeIn(now, id) : null;
    places.set(id, {
      ...at,
      total: measured.number(result.totals[id] ?? 0),
      moved,
      since: since?.round.n,
    });
  }
  return { round, tally, places };
}

/** Places among `among` only, where given: an option that was dropped between two rounds does not
 *  move the others.
 *
 *  @param {Pick<Wire.Result, "order">} of
 *  @param {Set<string> | null} [among]
 */
function placesOf({ order }, among = null) {
  /** @type {Map<string, { place: number, isTied: boolean }>} */
  const places = new Map();
  for (const group of order) {
    const kept = among ? group.filter((id) => among.has(id)) : group;
    const place = places.size + 1;
    for (const id of kept) places.set(id, { place, isTied: kept.length > 1 });
  }
  return places;
}

/** @param {Map<string, { place: number }>} places @param {string} id */
const placeIn = (places, id) => places.get(id)?.place ?? 0;

/** @param {Column} of */
function head({ round, tally }) {
  const { n, method } = round;
  return element(
    "th",
    { scope: "col" },
    t("board-round", { n }),
    how(t("board-method", { method })),
    how(t("board-voted", { voters: tally?.voters ?? 0 })),
  );
}

/** @param {string} text */
const how = (text) => element("span", { className: "rounds-how", text });

/** @param {Wire.Option} option @param {Column[]} columns */
function row(option, columns) {
  const node = element(
    "tr",
    { className: "option" },
    element(
      "th",
      { scope: "row", className: "table-option" },
      element("span", { text: option.name }),
    ),
    ...columns.map((each) => cell(option.id, each)),
  );
  setHue(node, option.hue);
  return node;
}

/** @param {string} id @param {Column} of */
function cell(id, { round, places }) {
  if (!round.options.includes(id))
    return element("td", { className: "soft", "aria-label": t("rounds-not-on"), text: "–" });
  if (!places) return element("td", { className: "soft", text: t("rounds-hidden") });
  const at = places.get(id);
  if (!at) return element("td");
  const { place, isTied, total, moved, since } = at;
  return element(
    "td",
    { className: "num" },
    element("b", { text: t(isTied ? "result-rank-tied" : "rounds-place", { place }) }),
    ` ${total} `,
    moved === null ? null : move(moved, since),
  );
}

/** @param {number} moved @param {number} since */
function move(moved, since = 0) {
  const [way, sign, said] =
    moved > 0
      ? ["up", t("rounds-up", { n: moved }), t("rounds-up-said", { n: moved, since })]
      : moved < 0
        ? ["down", t("rounds-down", { n: -moved }), t("rounds-down-said", { n: -moved, since })]
        : ["same", t("rounds-same"), t("rounds-same-said", { since })];
  return element(
    "span",
    { className: "rounds-move", data: { way } },
    element("span", { "aria-hidden": "true", text: sign }),
    element("span", { className: "visually-hidden", text: said }),
  );
}
