/** Always in sight: how much is chosen, and whether the server has it. */

import { parts, setText, show } from "../dom.js";
import { words } from "../words.js";

export class BottomBar {
  #parts;

  constructor(root, { withdraw, none }) {
    this.#parts = parts(root);
    this.#parts.withdraw.addEventListener("click", () => (this.#hasVoted ? withdraw() : none()));
  }

  #hasVoted = false;

  /** `ballot`: this person's, saved or on its way; `canRefuse`: "none of these" is an answer. */
  update({ live, ballot, chosen, names, of, canRefuse }) {
    const { state, outbox } = live;
    this.#hasVoted = Boolean(ballot);
    const isOpen = state.acceptsVotes;
    const isWaiting = state.round ? outbox.ballot(state.round.n) !== undefined : false;
    const saved = isWaiting ? waitingFor(live) : ballot ? "saved" : "none";
    this.#parts.saved.dataset.saved = saved;
    setText(this.#parts.saved, saved === "none" ? "" : words[saved]);
    setText(this.#parts.chosen, this.#words({ state, isOpen, ballot, chosen, names, of }));
    setText(this.#parts.withdraw, ballot ? words.withdraw : words.noneOfThese);
    show(this.#parts.withdraw, isOpen && (this.#hasVoted || canRefuse));
  }

  #words({ state, isOpen, ballot, chosen, names, of }) {
    if (!state.round) return words.notOpen;
    if (!ballot) return isOpen ? words.nothingChosen : words.votingClosed;
    const what = state.round.method === "single" ? words.chosenName(names[0]) : chosen.size ? words.chosenCount(chosen.size, of) : words.noneOfThese;
    return isOpen ? what : `${words.votingClosed} · ${what}`;
  }
}

function waitingFor({ line, state }) {
  if (line.status !== "open") return "willSend";
  return state.store === "away" ? "storeWillSend" : "sending";
}
