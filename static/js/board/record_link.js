/** The link to the board's record, as soon as there is something to record. */

import { show } from "../dom.js";
import { rooted } from "../root.js";

/** A round can only be opened once the one before it is revealed.
 *
 *  @param {{ board: Wire.BoardView, round: Wire.RoundView | null }} of
 */
export const isWorthRecording = ({ board, round }) =>
  Boolean(board.decision ?? board.deferral) ||
  (round !== null && (round.n > 1 || round.state === "revealed"));

export class RecordLink {
  #link;

  /** @param {HTMLElement} link */
  constructor(link) {
    this.#link = link;
  }

  /** @param {BoardState} state */
  update(state) {
    this.#link.setAttribute("href", rooted(`/b/${state.board.code}/record`));
    show(this.#link, isWorthRecording(state) && !state.isRevealing);
  }
}
