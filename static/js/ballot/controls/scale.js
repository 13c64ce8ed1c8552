/** A score from 0 to 5, and beside it *no opinion*, which is where it begins and is not 0.
 *  Radio buttons, so that arrow keys work and a screen reader tells where one is. */

import { element } from "../../dom.js";
import { words } from "../../words.js";

const w = words.ballots;
export const SCORES = [0, 1, 2, 3, 4, 5];
const NONE = "";

export class Scale {
  #inputs;
  #root;

  constructor(label, changed) {
    const face = (value, text) => {
      const input = element("input", { type: "radio", value: String(value), on: { change: () => changed(value === NONE ? null : value) } });
      return element("label", { className: value === NONE ? "scale-none" : "scale-step" }, input, element("span", { text }));
    };
    const ends = element("span", { className: "scale-ends", "aria-hidden": "true" }, element("span", { text: `0 ${w.worst}` }), element("span", { text: `5 ${w.best}` }));
    this.#root = element("div", { className: "scale", role: "radiogroup", "aria-label": label }, ...SCORES.map((score) => face(score, String(score))), ends, face(NONE, w.noOpinion));
    this.#inputs = [...this.#root.querySelectorAll("input")];
    this.element = this.#root;
  }

  update({ value, group, isOpen }) {
    for (const input of this.#inputs) {
      input.name = group;
      input.disabled = !isOpen;
    }
    // After all have their group: while they are gathered, the browser lets only one be on.
    const wanted = value === null ? NONE : String(value);
    for (const input of this.#inputs) if (input.checked !== (input.value === wanted)) input.checked = input.value === wanted;
  }
}
