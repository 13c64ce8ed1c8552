/** One quiet line at the foot of the shared screen: what was just done, or that the line is lost. */

import { setText } from "../dom.js";
import { words } from "../words.js";

const MOMENT_MS = 4_000;

export class StatusLine {
  #node;
  #lasting = "";
  #passing = "";
  #timer = null;

  constructor(node) {
    this.#node = node;
  }

  say(text, ms = MOMENT_MS) {
    clearTimeout(this.#timer);
    this.#passing = text;
    if (text) this.#timer = setTimeout(() => this.say(""), ms);
    this.#show();
  }

  update({ line, state }) {
    const lost = { lost: words.line.screenLost, blocked: words.line.screenBlocked, stopped: words.line[line.closeCode] };
    this.#lasting = lost[line.status] ?? (state.store === "away" ? words.line.screenStore : "");
    this.#show();
  }

  #show() {
    setText(this.#node, this.#passing || this.#lasting);
  }
}
