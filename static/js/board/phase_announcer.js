/** Announces the state of the board to screen readers: each new phase immediately, votes
 *  as a summary now and then. */

import { Announcer } from "../announcer.js";
import { t } from "../words.js";
import { outcomeSentence } from "./decision.js";
import { turnoutWords } from "./turnout.js";

/** @type {Record<BoardState["phase"], (state: BoardState) => string>} */
const NEWS = {
  setup: () => "",
  open: () => t("board-now-open"),
  locked: () => t("board-now-locked"),
  revealing: () => t("board-now-revealing"),
  revealed: (state) => t("board-now-revealed", { sentence: state.decidedBy }),
  decided: outcomeSentence,
  deferred: outcomeSentence,
};

export class PhaseAnnouncer {
  #announcer = new Announcer();
  /** @type {string | null} */
  #phase = null;

  /** @param {BoardState} state */
  update(state) {
    const { phase } = state;
    // The round says that it is revealed a moment before the result comes.
    if (phase === "revealed" && !state.result) return;
    if (this.#phase !== null && this.#phase !== phase) this.#announcer.now(NEWS[phase](state));
    else if (phase === "open") this.#announcer.later(() => summary(state));
    this.#phase = phase;
  }
}

/** @param {BoardState} state */
function summary(state) {
  if (state.phase !== "open") return "";
  const turnout = turnoutWords(state);
  return [t("board-turnout-sentence", { turnout }), state.decidedBy].filter(Boolean).join(" ");
}
