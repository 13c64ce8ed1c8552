/** Leads up to a result: the places from the last to the second, a held breath, and then the first
 *  fills the stage. Everything is counted back from the instant that the server has set for all
 *  pages (`server/domain/suspense.py`), so a screen that comes in the middle joins at the right
 *  beat. */

import { reducedMotion } from "../slide.js";
import { FILLS_MS, HOLD_MS, placeMs } from "./suspense.js";

export class Reveal {
  #rows;
  #hero;
  #clock;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} rows @param {HTMLElement} hero @param {Clock} clock */
  constructor(rows, hero, clock) {
    this.#rows = rows;
    this.#hero = hero;
    this.#clock = clock;
  }

  /** @param {BoardState} state */
  update(state) {
    clearTimeout(this.#timer);
    const { round, outcome } = state;
    const rows = [...this.#rows.children];
    const now = this.#clock.now();
    const due = (round?.state === "revealed" && round.at) || 0;
    const at = due <= now || state.isRevealing ? due : 0;
    const firsts = outcome?.order[0]?.length ?? 0;
    const fillsUntil =
      at > (round?.opened_at ?? 0) && firsts && state.current?.voters && !reducedMotion.matches
        ? at + FILLS_MS
        : 0;
    const turns = rows.map((_, place) => dueAt(place, { at, firsts, places: rows.length }));
    rows.forEach((row, place) => row.toggleAttribute("data-waits", now < turns[place]));
    this.#rows.toggleAttribute("data-conducted", now < at);
    this.#hero.toggleAttribute("data-waits", now < at);
    this.#hero.toggleAttribute("data-fills", now >= at && now < fillsUntil);
    const next = Math.min(...[...turns, at, fillsUntil].filter((time) => time > now));
    if (next < Infinity) this.#timer = setTimeout(() => this.update(state), next - now + 1);
  }
}

/** When a row is shown, in milliseconds since 1970. Those that share the first place come together.
 *
 *  @param {number} place from 0
 *  @param {{ at: number, firsts: number, places: number }} of
 */
function dueAt(place, { at, firsts, places }) {
  if (place < firsts || reducedMotion.matches) return at;
  return at - HOLD_MS - (place - firsts) * placeMs(places);
}
