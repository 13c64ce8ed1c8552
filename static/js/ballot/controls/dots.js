/** Dots given to one option: fewer, how many, more. */

import { element, setText } from "../../dom.js";
import { words } from "../../words.js";

const w = words.ballots;
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

  constructor(name, changed) {
    const button = (sign, label, by) => element("button", { type: "button", className: "button dots-step", "aria-label": label, text: sign, on: { click: () => this.#step(by, changed) } });
    this.#fewer = button("−", w.fewerDots(name), -1);
    this.#more = button("+", w.moreDots(name), +1);
    this.#shown = element("span", { className: "dots-shown", "aria-hidden": "true" });
    this.#number = element("b", { className: "num", "aria-hidden": "true" });
    this.#label = element("span", { className: "visually-hidden", role: "status" });
    this.element = element("div", { className: "dots", role: "group", "aria-label": w.dots(name) }, this.#fewer, element("span", { className: "dots-face" }, this.#shown, this.#number, this.#label), this.#more);
  }

  update({ value, isOpen }) {
    this.#value = value;
    this.#isOpen = isOpen;
    const { n, room, most } = value;
    // Not `disabled`: whoever has pressed the button for the last dot keeps the focus on it.
    this.#fewer.setAttribute("aria-disabled", String(!isOpen || n === 0));
    this.#more.setAttribute("aria-disabled", String(!isOpen || room <= 0));
    this.element.toggleAttribute("data-closed", !isOpen);
    this.element.toggleAttribute("data-given", n > 0);
    setText(this.#number, String(n));
    setText(this.#label, w.given(n, most));
    this.#draw(n, most <= MOST_DRAWN ? most : 0);
  }

  #step(by, changed) {
    const { n, room } = this.#value;
    if (this.#isOpen && (by < 0 ? n > 0 : room > 0)) changed(n + by);
  }

  #draw(n, most) {
    while (this.#shown.childElementCount > most) this.#shown.lastElementChild.remove();
    while (this.#shown.childElementCount < most) this.#shown.append(element("i"));
    [...this.#shown.children].forEach((dot, i) => dot.toggleAttribute("data-on", i < n));
  }
}
