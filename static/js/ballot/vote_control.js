/** How one option is voted for in its card. */

import { element } from "../dom.js";
import { Dots } from "./controls/dots.js";
import { Mark } from "./controls/mark.js";
import { Scale } from "./controls/scale.js";
import { t } from "../words.js";

/** @type {Record<string, (
 *    name: string, changed: (value: any) => void,
 *  ) => { element: HTMLElement, update(state: any): void }>}
 */
const CONTROLS = {
  checkbox: (name, changed) => new Mark("checkbox", name, changed),
  radio: (name, changed) => new Mark("radio", name, changed),
  scale: (name, changed) => new Scale(t("ballot-score", { option: name }), changed),
  dots: (name, changed) => new Dots(name, changed),
};

export class VoteControl {
  #root;
  #changed;
  /** @type {string | null} */
  #built = null;
  /** @type {{ element: HTMLElement, update(state: any): void } | null} */
  #control = null;

  /** `changed(value)` is called when the person has changed it.
   *
   *  @param {HTMLElement} root
   *  @param {(value: any) => void} changed
   */
  constructor(root, changed) {
    this.#root = root;
    this.#changed = changed;
  }

  /** `kind`: which control, or null when this option isn't voted for in its card; then
   *  `aside` says why, if it is worth saying.
   *
   *  @param {ShownControl} of
   */
  update({ kind, name = "", aside, isTogether: _, ...state }) {
    const wanted = JSON.stringify(kind ? [kind, name] : [aside]);
    if (wanted !== this.#built) this.#build(kind, name, aside);
    this.#built = wanted;
    this.#control?.update(state);
  }

  /** @param {ShownControl["kind"]} kind @param {string} name @param {string} aside */
  #build(kind, name, aside) {
    this.#control = kind ? CONTROLS[kind](name, this.#changed) : null;
    if (this.#control) this.#root.replaceChildren(this.#control.element);
    else
      this.#root.replaceChildren(
        ...(aside ? [element("p", { className: "vote-aside", text: aside })] : []),
      );
  }
}
