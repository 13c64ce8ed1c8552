/** The progress of the round, as a row of steps. */

import { setText } from "../dom.js";
import { t } from "../words.js";

export class Steps {
  #parts;

  /** @param {Parts} page */
  constructor(page) {
    this.#parts = page;
  }

  /** @param {BoardState} of */
  update({ phase, round }) {
    setText(
      this.#parts["round-title"],
      round ? t("board-round", { n: round.n }) : t("host-before"),
    );
    const now = phase === "deferred" ? "decided" : phase === "revealing" ? "revealed" : phase;
    let isPast = true;
    for (const step of this.#parts.steps.children) {
      const isNow = step.dataset.step === now;
      if (step.dataset.step === "decided")
        setText(
          step,
          phase === "deferred" ? t("board-deferred") : t("board-phase", { phase: "decided" }),
        );
      if (isNow) isPast = false;
      step.toggleAttribute("data-past", isPast);
      if (isNow) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
  }
}
