/** Always in sight: how much is chosen, and whether the server has it. */

import { parts, setText, show } from "../dom.js";
import { words } from "../words.js";

export class BottomBar {
  #parts;

  constructor(root, { withdraw }) {
    this.#parts = parts(root);
    this.#parts.withdraw.addEventListener("click", withdraw);
  }

  update({ live, chosen, names, of }) {
    const { state, outbox } = live;
    const isOpen = state.round?.state === "open";
    const isWaiting = state.round ? outbox.ballot(state.round.n) !== undefined : false;
    const saved = isWaiting ? waitingFor(live) : chosen.size ? "saved" : "none";
    this.#parts.saved.dataset.saved = saved;
    setText(this.#parts.saved, saved === "none" ? "" : words[saved]);
    setText(this.#parts.chosen, this.#words({ state, isOpen, chosen, names, of }));
    show(this.#parts.withdraw, isOpen && chosen.size > 0);
  }

  #words({ state, isOpen, chosen, names, of }) {
    if (!state.round) return words.notOpen;
    if (!isOpen && !chosen.size) return words.votingClosed;
    const what = names.length === 1 && state.round.method === "single" ? words.chosenName(names[0]) : words.chosenCount(chosen.size, of);
    if (!isOpen) return `${words.votingClosed} · ${what}`;
    return chosen.size ? what : words.nothingChosen;
  }
}

function waitingFor({ line, state }) {
  if (line.status !== "open") return "willSend";
  return state.store === "away" ? "storeWillSend" : "sending";
}
