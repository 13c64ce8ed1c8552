/** What was decided, and why. */

import { parts, setText, show } from "../dom.js";
import { words } from "../words.js";
import { optionsById } from "./votable.js";

export class Decision {
  #section;
  #parts;

  constructor(section) {
    this.#section = section;
    this.#parts = parts(section);
  }

  update(state) {
    const decision = state.board.decision;
    show(this.#section, Boolean(decision));
    if (!decision) return;
    setText(this.#parts["decision-option"], optionsById(state).get(decision.option)?.name ?? decision.option);
    setText(this.#parts["decision-because"], decision.because);
    setText(this.#parts["decision-revisit"], decision.revisit_on ? words.lookAgain(asDay(decision.revisit_on)) : "");
  }
}

/** 2027-06-01 as a reader writes it; noon, so that no time zone makes it another day. */
function asDay(iso) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "long" }).format(new Date(`${iso}T12:00:00`));
}
