/** Who has voted, in words: `3 voted, 2 still choosing`. */

import { t } from "../words.js";

/** @param {BoardState} of */
export function turnoutWords({ turnout, round }) {
  const { voted, choosing, here } = turnout;
  if (choosing === null) return t("board-turnout-here", { voted, here });
  if (!choosing) return t("board-turnout-all", { voted });
  return t(round?.state === "open" ? "board-turnout-choosing" : "board-turnout-closed", {
    voted,
    choosing,
  });
}

/** How many ballots the result counts, in words.
 *
 *  @param {BoardState} of
 */
export const countedWords = ({ current, counted }) =>
  t(current?.step ? "board-counted" : "board-voted", { counted, voters: current?.voters ?? 0 });

/** How many have voted or still may; where that may not be told, at least so many.
 *
 *  @param {BoardState} of
 */
export const mayVote = ({ turnout: { voted, choosing, here } }) =>
  choosing === null ? Math.max(voted, here) : voted + choosing;
