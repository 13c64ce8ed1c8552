/** How one option is voted for: a toggle or a radio button as wide as the card. */

import { element } from "../dom.js";
import { words } from "../words.js";

const LABELS = { checkbox: words.approve, radio: words.choose };

export class VoteControl {
  #root;
  #tapped;
  #kind = null;
  #input = null;

  /** `tapped(isOn)` is called when the person has changed it. */
  constructor(root, tapped) {
    this.#root = root;
    this.#tapped = tapped;
  }

  /** `kind`: `checkbox`, `radio`, or null when this option can't be voted for; then `aside`
   *  says why, if it is worth saying. */
  update({ kind, name, group, isOn, isOpen, aside }) {
    if (kind !== this.#kind || (!kind && this.#root.textContent !== aside)) this.#build(kind, name, group, aside);
    if (!this.#input) return;
    this.#input.name = group;
    this.#input.checked = isOn;
    this.#input.disabled = !isOpen;
  }

  #build(kind, name, group, aside) {
    this.#kind = kind;
    this.#input = null;
    if (!kind) {
      this.#root.replaceChildren(...(aside ? [element("p", { className: "vote-aside", text: aside })] : []));
      return;
    }
    const label = LABELS[kind];
    this.#input = element("input", { type: kind, name: group, "aria-label": `${name}: ${label}`, on: { change: (event) => this.#tapped(event.target.checked) } });
    const face = element("span", { className: "vote-face", "aria-hidden": "true" }, element("span", { className: "vote-sign" }), element("span", { text: label }));
    this.#root.replaceChildren(element("label", { className: "vote" }, this.#input, face));
  }
}
