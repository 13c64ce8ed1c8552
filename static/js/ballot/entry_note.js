/** By which right somebody is here, where that is more than the open door. */

import { element, setText, show } from "../dom.js";
import { words } from "../words.js";

const { entry } = words;

/** What is said, what its link says, and how it looks. */
function told({ you, board }) {
  if (you.seat_lost) return [entry.lost[you.seat_lost] ?? entry.lost.renewed, entry.haveCode, "notice notice-bad"];
  if (you.invite !== null) return [entry.seat(you.invite), entry.move, "soft small"];
  if (you.waits) return [entry.waits, entry.haveCode, "notice"];
  return board.settings.entry === "invited" && !you.votes ? [entry.invited, entry.haveCode, "notice"] : null;
}

export class EntryNote {
  #node;
  #code;

  constructor(node, code) {
    this.#node = node;
    this.#code = code;
  }

  update(state) {
    const shown = told(state);
    show(this.#node, shown !== null);
    if (!shown) return;
    const [text, link, className] = shown;
    this.#node.className = className;
    if (!this.#node.firstElementChild) this.#node.replaceChildren(element("span"), " ", element("a", { href: `/b/${this.#code}/seat` }));
    setText(this.#node.firstElementChild, text);
    setText(this.#node.lastElementChild, link);
  }
}
