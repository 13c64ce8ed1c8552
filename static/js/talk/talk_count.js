/** How many comments an option has, and of which kinds: the line above its talk. */

import { element } from "../dom.js";
import { commentCount, t } from "../words.js";

/** @type {Exclude<Wire.Kind, "note">[]} */
const SIGNED = ["pro", "con", "question", "risk"];

export class TalkCount {
  #root;
  #kinds;

  /** `root` has the number of comments in words, the number emphasized; `kinds` the kinds.
   *
   *  @param {HTMLElement} root
   *  @param {HTMLElement} kinds
   */
  constructor(root, kinds) {
    this.#root = root;
    this.#kinds = kinds;
  }

  /** @param {Wire.TalkView} counts */
  update(counts) {
    const [before, n, after] = commentCount(counts.comments);
    if (this.#root.textContent !== before + n + after)
      this.#root.replaceChildren(before, element("b", { className: "num", text: n }), after);
    const now = SIGNED.map((kind) => counts[kind]).join(" ");
    if (now === this.#kinds.dataset.now) return;
    this.#kinds.dataset.now = now;
    const marks = SIGNED.filter((kind) => counts[kind]).map((kind) => mark(kind, counts[kind]));
    this.#kinds.replaceChildren(...marks);
  }
}

/** @param {Wire.Kind} kind @param {number} n */
function mark(kind, n) {
  return element(
    "span",
    { className: "kind-count num", data: { kind } },
    element("span", { className: "visually-hidden", text: ` ${t("comment-kind", { kind })} ` }),
    String(n),
  );
}
