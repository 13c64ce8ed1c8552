/** Says of every act of the host that it is on its way, done, or not done. Why it is not done, the
 *  notices say. */

import { setText, show } from "../dom.js";
import { t } from "../words.js";

/** An answer that is there sooner needs no word of being on its way. */
const MOMENT_MS = 300;
const SAID_MS = 2_500;

export class Progress {
  #node;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} node @param {LiveBoard} live */
  constructor(node, live) {
    this.#node = node;
    live.addEventListener("asked", (event) =>
      this.#follow(/** @type {CustomEvent} */ (event).detail),
    );
  }

  /** @param {Promise<unknown>} answer */
  async #follow(answer) {
    clearTimeout(this.#timer);
    const soon = setTimeout(() => this.#say("sent"), MOMENT_MS);
    const state = await answer.then(
      () => /** @type {const} */ ("done"),
      () => /** @type {const} */ ("failed"),
    );
    clearTimeout(soon);
    this.#say(state);
    this.#timer = setTimeout(() => show(this.#node, false), SAID_MS);
  }

  /** @param {"sent" | "done" | "failed"} state */
  #say(state) {
    clearTimeout(this.#timer);
    this.#node.dataset.state = state;
    setText(this.#node, t("host-progress", { state }));
    show(this.#node, true);
  }
}
