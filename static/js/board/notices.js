/** What a person must be told: the state of the line, and what the server turned down. */

import { element } from "../dom.js";
import { words } from "../words.js";

export class Notices {
  #root;
  #line = null;
  #lineText = "";

  constructor(root) {
    this.#root = root;
  }

  /** Stays until it is dismissed. */
  say(text, { isBad = true } = {}) {
    const notice = element("div", { className: isBad ? "notice notice-bad" : "notice" }, element("p", { text }));
    notice.append(element("button", { type: "button", className: "button button-quiet button-small", text: words.dismiss, on: { click: () => notice.remove() } }));
    this.#root.append(notice);
  }

  refused({ message, reason }) {
    this.say(`${words.refused[message.type] ?? words.refusedOther} ${reason}`);
  }

  /** The one notice about the line; comes and goes with it. */
  update({ line, state }) {
    const text = lineWords(line, state);
    if (text === this.#lineText) return;
    this.#lineText = text;
    this.#line?.remove();
    this.#line = text ? element("div", { className: "notice" }, element("p", { text })) : null;
    if (this.#line) this.#root.prepend(this.#line);
  }
}

function lineWords(line, state) {
  if (line.status === "stopped") return words.line[line.closeCode];
  if (line.status === "lost" || line.status === "blocked") return words.line[line.status];
  return state.store === "away" ? words.line.store : "";
}
