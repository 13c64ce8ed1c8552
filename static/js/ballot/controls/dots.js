/** Dots given to one option: fewer, how many, more. */

import { element, setText } from "../../dom.js";
import { t } from "../../words.js";

/** More than these are a number only. */
const MOST_DRAWN = 10;

export class Dots {
  #value = { n: 0, room: 0, most: 0 };
  #isOpen = false;
  #fewer;
  #more;
  #shown;
  #number;
  #label;

  /** @param {string} name @param {(n: number) => void} changed */
  constructor(name, changed) {
    /** @param {string} sign @param {string} label @param {number} by */
    const button = (sign, label, by) =>
      element("button", {
        type: "button",
        className: "button dots-step",
        "aria-label": label,
        text: sign,
        on: { click: () => this.#step(by, changed) },
      });
    this.#fewer = button("−", t("ballot-dots-fewer", { option: name }), -1);
    this.#more = button("+", t("ballot-dots-more", { option: name }), +1);
    this.#shown = element("span", { className: "dots-shown", "aria-hidden": "true" });
    this.#number = element("b", { className: "num", "aria-hidden": "true" });
    this.#label = element("span", { className: "visually-hidden", role: "status" });
    this.element = element(
      "div",
      { className: "dots", role: "group", "aria-label": t("ballot-dots", { option: name }) },
      this.#fewer,
      element("span", { className: "dots-face" }, this.#shown, this.#number, this.#label),
      this.#more,
    );
  }

  /** @param {{ value: { n: number, room: number, most: number }, isOpen: boolean }} of */
  update({ value, isOpen }) {
    this.#value = value;
    this.#isOpen = isOpen;
    const { n, room, most } = value;
    // Not `disabled`: the button keeps the focus after it has given the last dot.
    this.#fewer.setAttribute("aria-disabled", String(!isOpen || n === 0));
    this.#more.setAttribute("aria-disabled", String(!isOpen || room <= 0));
    this.element.toggleAttribute("data-closed", !isOpen);
    this.element.toggleAttribute("data-given", n > 0);
    setText(this.#number, String(n));
    setText(this.#label, t("ballot-dots-given", { n, most }));
    this.#draw(n, most <= MOST_DRAWN ? most : 0);
  }

  /** @param {number} by @param {(n: number) => void} changed */
  #step(by, changed) {
    const { n, room } = this.#value;
    if (this.#isOpen && (by < 0 ? n > 0 : room > 0)) changed(n + by);
  }

  /** @param {number} n @param {number} most */
  #draw(n, most) {
    while (this.#shown.childElementCount > most) this.#shown.lastElementChild?.remove();
    while (this.#shown.childElementCount < most) this.#shown.append(element("i"));
    [...this.#shown.children].forEach((dot, i) => dot.toggleAttribute("data-on", i < n));
  }
}
