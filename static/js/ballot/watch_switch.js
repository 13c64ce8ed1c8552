/** "I only watch": somebody who is here without a vote, by choice. */

import { show } from "../dom.js";
import { Switch } from "../switch.js";

export class WatchSwitch {
  #label;
  #switch;

  /** `fail(words)` says why it could not be. */
  constructor(label, live, fail) {
    this.#label = label;
    this.#switch = new Switch(label.querySelector("input"), "you", (on) => live.ask({ type: "observe", on }), fail);
  }

  update(state) {
    this.#switch.update(state, state.watches);
    show(this.#label, state.watches || state.you.votes);
  }
}
