/** The example's meeting, beat by beat: people vote, voting closes, and the result is revealed. */

import { FILLS_MS, HOLD_MS, placeMs } from "../screen/suspense.js";

const RESULT_MS = 7_000;
const OPENS_MS = 1_500;
/** People take their time, each another one. */
const VOTES_MS = [500, 900, 350, 700, 450, 800];
const CLOSED_MS = 1_800;
const LEAD_MS = 800;

/** What the room sees, and for how long. `waits`: how many places are not shown yet, from the
 *  first on; `fills`: whether the first has the stage for itself.
 *
 *  @typedef {{
 *    phase: "open" | "locked" | "revealing" | "revealed",
 *    voted: number, waits: number, fills: boolean, ms: number,
 *  }} Beat
 */

/** It begins with the result, which is what a page without scripts shows, too.
 *
 *  @param {{ voters: number, places: number }} of
 *  @returns {Beat[]}
 */
export function beatsOf({ voters, places }) {
  const hidden = { waits: places, fills: false };
  const all = { voted: voters, fills: false };
  return [
    { ...all, phase: "revealed", waits: 0, ms: RESULT_MS },
    ...Array.from({ length: voters + 1 }, (_, voted) => ({
      ...hidden,
      phase: /** @type {const} */ ("open"),
      voted,
      ms: voted ? VOTES_MS[voted % VOTES_MS.length] : OPENS_MS,
    })),
    { ...hidden, phase: "locked", voted: voters, ms: CLOSED_MS },
    ...Array.from({ length: places }, (_, shown) => ({
      ...all,
      phase: /** @type {const} */ ("revealing"),
      waits: places - shown,
      ms: !shown ? LEAD_MS : shown === places - 1 ? HOLD_MS : placeMs(places),
    })),
    { ...all, phase: "revealed", waits: 0, fills: true, ms: FILLS_MS },
  ];
}
