/** By which right somebody is here, where that is more than the open door. */

import { element, setText, show } from "../dom.js";
import { words } from "../words.js";

function told({ you, board }) {
  if (you.invite !== null) return you.seat === null ? [words.entry.revoked, "bad"] : [words.entry.seat(you.invite), "seat"];
  if (you.waits) return [words.entry.waits, "out"];
  return board.settings.entry === "invited" && !you.votes ? [words.entry.invited, "out"] : ["", "none"];
}

export class EntryNote {
  #node;

  constructor(node) {
    this.#node = node;
  }

  update(state) {
    const [text, kind] = told(state);
    show(this.#node, kind !== "none");
    this.#node.className = { bad: "notice notice-bad", out: "notice" }[kind] ?? "soft small";
    this.#node.firstElementChild ?? this.#node.replaceChildren(element("span"));
    setText(this.#node.firstElementChild, text);
  }
}
