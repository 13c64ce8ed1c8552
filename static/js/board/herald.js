/** Tells people who listen to the page how the board stands: each new phase at once, votes
 *  as a summary now and then. */

import { Announcer } from "../announcer.js";
import { words } from "../words.js";
import { optionsById } from "./votable.js";

const NEWS = {
  setup: () => "",
  open: () => words.announce.open,
  locked: () => words.announce.locked,
  revealed: (state) => words.announce.reveal(state.decidedBy),
  decided: (state) => words.announce.decided(optionsById(state).get(state.board.decision.option)?.name ?? ""),
};

export class Herald {
  #announcer = new Announcer();
  #phase = null;

  update(state) {
    const { phase } = state;
    // The round says that it is revealed a moment before the result comes.
    if (phase === "revealed" && !state.result) return;
    if (this.#phase !== null && this.#phase !== phase) this.#announcer.now(NEWS[phase](state));
    else if (phase === "open") this.#announcer.later(() => summary(state));
    this.#phase = phase;
  }
}

function summary(state) {
  if (state.phase !== "open") return "";
  const { voted, here } = state.turnout;
  return [`${words.turnout(voted, here)}.`, state.decidedBy].filter(Boolean).join(" ");
}
