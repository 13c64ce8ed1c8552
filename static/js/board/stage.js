/** What the shared screen has to show. The screen follows it, and the console tells the host of it:
 *  neither looks further ahead than the room may. */

import { outcomeSentence } from "./decision.js";

/** @typedef {"join" | "setup" | "turnout" | "results" | "end"} Stage */

/** The phases in which the first place has the stage, or is about to. */
const OVER = new Set(["revealing", "revealed", "decided", "deferred"]);

/** What the ballots say, where everyone may see it; a host may see it before.
 *
 *  @param {BoardState} of
 */
export const outcomeForAll = ({ round, outcome }) =>
  round?.state === "revealed" || round?.settings.visibility === "live" ? outcome : null;

/** Whether the first place has the stage, or is about to.
 *
 *  @param {BoardState} state
 */
export const isOver = (state) => Boolean(outcomeForAll(state)) && OVER.has(state.phase);

/** The code fills the screen until the room has something to see.
 *
 *  @param {BoardState} state
 *  @returns {Stage}
 */
export function stageOf(state) {
  if (state.meeting?.ended) return "end";
  if (outcomeForAll(state)) return "results";
  if (state.round) return "turnout";
  const isTalking = state.proposals.length > 0 || state.comments.size > 0;
  return isTalking || outcomeSentence(state) !== "" ? "setup" : "join";
}
