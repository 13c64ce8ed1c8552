/** The boards that this browser has seen: for the start page, kept here and nowhere else. */

import { load, save } from "../live/storage.js";
import { isWorthRecording } from "./record_link.js";

const KEY = "stackvote:boards";
const MOST = 12;
/** The close code for a board that does not exist any more. */
export const GONE = 4004;

/** The newest first, each with `at` in ms. */
/** @returns {KnownBoard[]} */
export const knownBoards = () => load(KEY, []);

/** @param {BoardState} state */
export function remember(state) {
  const { you, meeting } = state;
  // Of a meeting, the board that leads it is found again.
  const board = meeting
    ? { ...state.board, code: meeting.lead, title: meeting.title }
    : state.board;
  const others = knownBoards().filter((known) => known.code !== board.code);
  const before = knownBoards().find((known) => known.code === board.code);
  // Who once was host stays so here, also while looking at the ballot.
  const role = before?.role === "host" ? "host" : you.role;
  save(
    KEY,
    [
      {
        code: board.code,
        title: board.title,
        role,
        decided: Boolean(board.decision),
        deferred: Boolean(board.deferral),
        archived: board.archived_at !== undefined,
        recorded: isWorthRecording(state),
        at: Date.now(),
      },
      ...others,
    ].slice(0, MOST),
  );
}

/** Forgets a board that was deleted.
 *
 *  @param {BoardState} of
 */
export function forget({ ready, board }) {
  if (!ready) return;
  save(
    KEY,
    knownBoards().filter(({ code }) => code !== board.code),
  );
}
