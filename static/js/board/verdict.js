/** What the room is told about a result: who won, as large as it goes, and one sentence. */

import { outcomeSentence } from "./decision.js";
import { decidingPair } from "./evidence/duel.js";
import { optionsById } from "./votable.js";
import { listOf, t } from "../words.js";

/** More is read on the phones. */
const MOST_INSIGHTS = 2;
/** With more characters than this, the first insight has the room for itself. */
const MOST_TOGETHER = 250;
/** More names than this are not a headline. */
const MOST_NAMED = 3;

/** How large a line can be.
 *
 *  @param {string} text
 */
export const lengthOf = (text, middle = 22, long = 44) =>
  text.length > long ? "long" : text.length > middle ? "middle" : "short";

/** What stands out besides the verdict. By how much the first one leads, or that it is a tie,
 *  the verdict says itself, other than in a matrix, which is decided by means.
 *
 *  @param {BoardState} of
 */
export function asides({ round, current }) {
  const told = new Set(round?.method === "matrix" ? [] : ["margin", "tie"]);
  return (current?.insights ?? [])
    .filter(({ kind }) => !told.has(kind))
    .slice(0, MOST_INSIGHTS)
    .map(({ text }) => text)
    .filter((_, at, texts) => at === 0 || texts.join("").length <= MOST_TOGETHER);
}

/** Why the meeting came to what it did.
 *
 *  @param {BoardState} of
 */
export const becauseOf = ({ board }) => (board.decision ?? board.deferral)?.because ?? "";

/** The winner or what was decided, the sentence with it, and the hue of the option.
 *
 *  @param {BoardState} state
 *  @returns {{ loud: string, quiet: string, hue?: number }}
 */
export function verdictOf(state) {
  const options = optionsById(state);
  const outcome = outcomeSentence(state);
  if (outcome)
    return {
      loud: outcome,
      quiet: becauseOf(state),
      hue: options.get(state.board.decision?.option ?? "")?.hue,
    };
  const { winners = [] } = state.result ?? {};
  const names = winners.map((id) => options.get(id)?.name ?? id);
  if (!state.current?.voters || !names.length) return { loud: state.decidedBy, quiet: "" };
  if (names.length > MOST_NAMED)
    return { loud: t("screen-tie-of", { n: names.length }), quiet: state.decidedBy };
  if (names.length > 1) return { loud: listOf(names), quiet: state.decidedBy };
  return {
    loud: names[0],
    quiet: preferred(state, options) || state.decidedBy,
    hue: options.get(winners[0])?.hue,
  };
}

/** How many prefer the winner, where a comparison settled it.
 *
 *  @param {BoardState} state
 *  @param {Options} options
 */
function preferred(state, options) {
  const pair = decidingPair(state);
  const { pairwise = {} } = state.result ?? {};
  if (!pair) return "";
  const [winner, rival] = pair;
  const [ahead, behind] = [pairwise[winner]?.[rival] ?? 0, pairwise[rival]?.[winner] ?? 0];
  if (ahead <= behind) return "";
  const voters = state.current?.voters ?? 0;
  const names = {
    winner: options.get(winner)?.name ?? winner,
    rival: options.get(rival)?.name ?? rival,
  };
  return 2 * ahead > voters
    ? t("screen-prefer", { for: ahead, voters, ...names })
    : t("screen-prefer-few", { for: ahead, against: behind, ...names });
}
