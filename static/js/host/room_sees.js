/** What the room sees on the shared screen now, in one sentence. Whoever stands at the screen can
 *  still call up the code there. */

import { outcomeSentence } from "../board/decision.js";
import { isOver, stageOf } from "../board/stage.js";
import { setText } from "../dom.js";
import { verdictOf } from "../board/verdict.js";
import { t } from "../words.js";

export class RoomSees {
  #node;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
  }

  /** @param {BoardState} state */
  update(state) {
    setText(this.#node, sentence(state));
  }
}

/** @type {Record<import("../board/stage.js").Stage, (state: BoardState) => string>} */
const SENTENCES = {
  join: () => t("host-room-sees", { shows: "join" }),
  setup: (state) => largest(outcomeSentence(state)) || t("host-room-sees", { shows: "setup" }),
  turnout: ({ acceptsVotes }) => t("host-room-sees", { shows: acceptsVotes ? "open" : "closed" }),
  results(state) {
    if (!isOver(state)) return t("host-room-sees", { shows: "live" });
    return state.isRevealing
      ? t("host-room-sees", { shows: "reveal" })
      : largest(verdictOf(state).loud);
  },
  end: () => t("host-room-sees", { shows: "end" }),
};

/** @param {BoardState} state */
const sentence = (state) => SENTENCES[stageOf(state)](state);

/** @param {string} text */
const largest = (text) => text && t("host-room-sees-largest", { text });
