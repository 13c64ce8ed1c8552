/** The switch "I am only watching", with which a person gives up their vote. */

import { keepFocus, show } from "../dom.js";
import { ServerSwitch } from "../server_switch.js";

export class WatchSwitch {
  #label;
  #switch;

  /** `fail(words)` says why it could not be.
   *
   *  @param {HTMLElement} label
   *  @param {LiveBoard} live
   *  @param {Fail} fail
   */
  constructor(label, live, fail) {
    this.#label = label;
    this.#switch = new ServerSwitch(
      /** @type {HTMLInputElement} */ (label.querySelector("input")),
      "you",
      (on) => live.request({ type: "observe", on }),
      fail,
    );
  }

  /** @param {BoardState} state */
  update(state) {
    this.#switch.update(state, state.watches);
    keepFocus(this.#label, () => show(this.#label, state.watches || state.you.votes));
  }
}
