/** The boards that this browser has seen: for the start page, kept here and nowhere else. */

import { keep, kept } from "../live/storage.js";

const KEY = "stackvote:boards";
const MOST = 12;

/** The newest first; each `code`, `title`, `role`, `decided`, `at` in ms. */
export const knownBoards = () => kept(KEY, []);

export function remember({ board, you }) {
  const others = knownBoards().filter((known) => known.code !== board.code);
  const before = knownBoards().find((known) => known.code === board.code);
  // Who once was host stays so here, also while looking at the ballot.
  const role = before?.role === "host" ? "host" : you.role;
  keep(KEY, [{ code: board.code, title: board.title, role, decided: Boolean(board.decision), at: Date.now() }, ...others].slice(0, MOST));
}
