/** How much is said about an option, and how: the line above its talk. */

import { element, setText } from "../dom.js";
import { words } from "../words.js";

const SIGNED = ["pro", "con", "question", "risk"];

export class TalkCount {
  #number;
  #noun;
  #kinds;

  /** `root` has the number, the noun, and the place for the kinds. */
  constructor(root, kinds) {
    this.#number = root.firstElementChild;
    this.#noun = root.lastChild;
    this.#kinds = kinds;
  }

  update(counts) {
    const [n, noun] = words.comments(counts.comments);
    setText(this.#number, n);
    setText(this.#noun, noun);
    const now = SIGNED.map((kind) => counts[kind]).join(" ");
    if (now === this.#kinds.dataset.now) return;
    this.#kinds.dataset.now = now;
    const marks = SIGNED.filter((kind) => counts[kind]).map((kind) => mark(kind, counts[kind]));
    this.#kinds.replaceChildren(...marks);
  }
}

function mark(kind, n) {
  return element("span", { className: "kind-count num", data: { kind } }, element("span", { className: "visually-hidden", text: ` ${words.kinds[kind]} ` }), String(n));
}
