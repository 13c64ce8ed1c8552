/** A toggle or a radio button as wide as the card. */

import { element } from "../../dom.js";
import { words } from "../../words.js";

const LABELS = { checkbox: words.ballots.approve, radio: words.ballots.choose };

export class Mark {
  #input;

  constructor(kind, name, changed) {
    const label = LABELS[kind];
    this.#input = element("input", { type: kind, "aria-label": `${name}: ${label}`, on: { change: (event) => changed(event.target.checked) } });
    const face = element("span", { className: "vote-face", "aria-hidden": "true" }, element("span", { className: "vote-sign" }), element("span", { text: label }));
    this.element = element("label", { className: "vote" }, this.#input, face);
  }

  update({ value, group, isOpen }) {
    this.#input.name = group;
    this.#input.checked = value;
    this.#input.disabled = !isOpen;
  }
}
