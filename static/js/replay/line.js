/** The line of time of a replay: where on it something stands, and what is so there. */

/** A silence that is longer takes no longer than this on the line. */
export const SILENCE_MS = 30_000;

/** What is so at some place of the line.
 *
 *  @typedef {object} Shown
 *  @property {string[]} options ids of the board's options
 *  @property {string[]} out those that fail a must-have
 *  @property {number} round 0 before the first
 *  @property {Wire.State | null} state
 *  @property {number} voters
 *  @property {Wire.Bars | null} bars
 *  @property {string | null} decision
 *  @property {boolean} deferred
 */

/** @type {Shown} */
const NOTHING = {
  options: [],
  out: [],
  round: 0,
  state: null,
  voters: 0,
  bars: null,
  decision: null,
  deferred: false,
};

export class Line {
  #moments;
  #comments;
  /** Times, rising, and where they are on the line.
   *  @type {number[]} */
  #times;
  /** @type {number[]} */
  #places = [];

  /** @param {Pick<Wire.Replay, "moments" | "comments">} replay */
  constructor({ moments, comments }) {
    this.#moments = moments;
    this.#comments = comments;
    const times = new Set([...moments, ...comments].map(({ at }) => at));
    this.#times = [...times].sort((a, b) => a - b);
    let place = 0;
    this.#times.forEach((at, n) => {
      if (n) place += Math.min(at - this.#times[n - 1], SILENCE_MS);
      this.#places.push(place);
    });
  }

  /** Its length in milliseconds, as it is played at once the speed. */
  get length() {
    return this.#places[this.#places.length - 1] ?? 0;
  }

  /** Where a time is.
   *
   *  @param {number} at
   */
  placeOf(at) {
    return this.#places[Math.max(0, countUpTo(this.#times, at) - 1)] ?? 0;
  }

  /** The time at a place, which jumps at the end of a silence.
   *
   *  @param {number} place
   */
  timeAt(place) {
    const n = countUpTo(this.#places, place) - 1;
    if (n < 0) return 0;
    const next = this.#times[n + 1] ?? Infinity;
    return Math.min(this.#times[n] + place - this.#places[n], next - 1);
  }

  /** How many moments, and how many comments, have come by a time.
   *
   *  @param {number} at
   */
  countsAt(at) {
    const within = (/** @type {{ at: number }[]} */ of) =>
      countUpTo(
        of.map((each) => each.at),
        at,
      );
    return { moments: within(this.#moments), comments: within(this.#comments) };
  }

  /** What is so after the first moments.
   *
   *  @param {number} count
   *  @returns {Shown}
   */
  after(count) {
    const changes = this.#moments.slice(0, count).map(({ at: _, mark: __, ...change }) => change);
    return Object.assign({}, NOTHING, ...changes);
  }
}

/** How many of some rising numbers are at most this one.
 *
 *  @param {number[]} rising
 *  @param {number} most
 */
function countUpTo(rising, most) {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a state is called on the pages.
 *
 *  @param {Shown} shown
 */
export function phaseOf({ state, decision, deferred }) {
  if (state === "open" || state === "locked") return state;
  if (decision !== null) return "decided";
  if (deferred) return "deferred";
  return state === "revealed" ? "revealed" : "setup";
}
