/** "I only watch": somebody who is here without a vote, by choice. */

import { show } from "../dom.js";

export class WatchSwitch {
  #label;
  #input;
  #watches = false;

  /** `fail(words)` says why it could not be. */
  constructor(label, live, fail) {
    this.#label = label;
    this.#input = label.querySelector("input");
    this.#input.addEventListener("change", async () => {
      try {
        await live.ask({ type: "observe", on: this.#input.checked });
      } catch (refusal) {
        this.#input.checked = this.#watches;
        fail(refusal.message);
      }
    });
  }

  update(state) {
    this.#watches = state.watches;
    this.#input.checked = this.#watches;
    show(this.#label, state.watches || state.you.votes);
  }
}
