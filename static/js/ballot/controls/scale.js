/** A score from 0 to 5, or *no opinion*, which is not the same as 0.
 *  Radio buttons, so that arrow keys work and a screen reader tells where one is. */

import { element } from "../../dom.js";
import { t } from "../../words.js";

export const SCORES = [0, 1, 2, 3, 4, 5];
const NONE = "";

export class Scale {
  #inputs;
  #root;

  /** @param {string} label @param {(score: number | null) => void} changed */
  constructor(label, changed) {
    /** @param {number | ""} value @param {string} text */
    const face = (value, text) => {
      const input = element("input", {
        type: "radio",
        value: String(value),
        on: { change: () => changed(value === NONE ? null : value) },
      });
      return element(
        "label",
        { className: value === NONE ? "scale-none" : "scale-step" },
        input,
        element("span", { text }),
      );
    };
    const ends = element(
      "span",
      { className: "scale-ends", "aria-hidden": "true" },
      element("span", { text: t("ballot-worst") }),
      element("span", { text: t("ballot-best") }),
    );
    this.#root = element(
      "div",
      { className: "scale", role: "radiogroup", "aria-label": label },
      ...SCORES.map((score) => face(score, String(score))),
      ends,
      face(NONE, t("ballot-no-opinion")),
    );
    this.#inputs = [...this.#root.querySelectorAll("input")];
    this.element = this.#root;
  }

  /** `value`: null for no opinion, undefined for nothing chosen.
   *
   *  @param {{ value: number | null | undefined, group: string, isOpen: boolean }} of
   */
  update({ value, group, isOpen }) {
    for (const input of this.#inputs) {
      if (input.name !== group) input.name = group;
      if (input.disabled === isOpen) input.disabled = !isOpen;
    }
    // Only after all have their group: within one, the browser lets a single one be checked.
    const wanted = value === null ? NONE : String(value);
    for (const input of this.#inputs)
      if (input.checked !== (input.value === wanted)) input.checked = input.value === wanted;
  }
}
