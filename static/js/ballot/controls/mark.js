/** A toggle or a radio button as wide as the card. */

import { element } from "../../dom.js";
import { t } from "../../words.js";

export class Mark {
  #input;

  /**
   *  @param {"checkbox" | "radio"} kind
   *  @param {string} name
   *  @param {(isOn: boolean) => void} changed
   */
  constructor(kind, name, changed) {
    this.#input = element("input", {
      type: kind,
      "aria-label": t("ballot-mark-label", { kind, option: name }),
      on: { change: (event) => changed(event.target.checked) },
    });
    const face = element(
      "span",
      { className: "vote-face", "aria-hidden": "true" },
      element("span", { className: "vote-sign" }),
      element("span", { text: t("ballot-mark", { kind }) }),
    );
    this.element = element("label", { className: "vote" }, this.#input, face);
  }

  /** @param {{ value: boolean, group: string, isOpen: boolean }} of */
  update({ value, group, isOpen }) {
    // A browser looks at the styles of the whole page again, even for what is no news.
    const input = this.#input;
    if (input.name !== group) input.name = group;
    if (input.checked !== value) input.checked = value;
    if (input.disabled === isOpen) input.disabled = !isOpen;
  }
}
