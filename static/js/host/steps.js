/** Where the round stands, as a row of steps. */

import { setText } from "../dom.js";
import { words } from "../words.js";

export class Steps {
  #parts;

  constructor(page) {
    this.#parts = page;
  }

  update({ phase, round }) {
    setText(this.#parts["round-title"], round ? words.round(round.n) : words.host.before);
    let isPast = true;
    for (const step of this.#parts.steps.children) {
      const isNow = step.dataset.step === phase;
      if (isNow) isPast = false;
      step.toggleAttribute("data-past", isPast);
      if (isNow) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
  }
}
