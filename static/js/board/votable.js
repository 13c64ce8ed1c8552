/** What can be on a ballot: the board's options, and *further discussion*, which is not one of
 *  them. */

import { t } from "../words.js";

const BLANK = { strapline: "", features: [], suited_to: "", link: "", tags: [], hue: 268 };
const FURTHER_DISCUSSION = {
  ...BLANK,
  id: "further-discussion",
  name: t("board-further-discussion"),
  strapline: t("board-further-discussion-strapline"),
};

/** As server/domain/options.py has them. */
const HUES = [150, 265, 185, 55, 15, 235, 310, 100, 335, 210];

/** What a round about criteria votes on, in the shape of options. No option has such ids.
 *
 *  @param {Wire.RoundView | null} [round]
 */
const criteriaOf = (round) =>
  Object.entries(round?.names ?? {}).map(([id, name], n) => ({
    ...BLANK,
    id,
    name,
    hue: HUES[n % HUES.length],
  }));

/** Whether this is an option of the board, of which there is something to say.
 *
 *  @param {{ id: string }} of
 */
export const isOption = ({ id }) => id !== FURTHER_DISCUSSION.id && !id.includes(":");

/** The options to show while this round is on.
 *
 *  @param {BoardState} of
 */
export function shownOptions({ board, round }) {
  if (round?.names && round.state !== "revealed") return criteriaOf(round);
  return round?.options.includes(FURTHER_DISCUSSION.id)
    ? [...board.options, FURTHER_DISCUSSION]
    : board.options;
}

/** A map from id to option, for all that a result or a comment may name.
 *
 *  @param {{ board: Wire.BoardView, round?: Wire.RoundView | null }} of
 */
export function optionsById({ board, round }) {
  return new Map(
    [...board.options, FURTHER_DISCUSSION, ...criteriaOf(round)].map((option) => [
      option.id,
      option,
    ]),
  );
}
