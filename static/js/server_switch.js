/** A switch whose state is the server's. From the touch until the server's own word on it, it
 *  shows what was asked for: what comes in between still tells how it was before. */

import { keepFocus } from "./dom.js";

export class ServerSwitch {
  #input;
  #about;
  #on = false;
  /** The state that was requested and not yet confirmed, or null; `at`: its position in the log,
   *  once that is known.
   *  @type {{ at: Position | null } | null} */
  #asked = null;

  /** `about`: the message that tells how it stands. `ask(on)` asks the server, and returns a
   *  promise of where in the log it counted. `fail(words)` says why it could not be.
   *
   *  @param {HTMLInputElement} input
   *  @param {"board" | "you"} about
   *  @param {(on: boolean) => Promise<Position>} ask
   *  @param {Fail} fail
   */
  constructor(input, about, ask, fail) {
    this.#input = input;
    this.#about = about;
    input.addEventListener("change", async () => {
      /** @type {{ at: Position | null }} */
      const asked = { at: null };
      this.#asked = asked;
      try {
        asked.at = await ask(input.checked);
      } catch (refusal) {
        if (asked === this.#asked) {
          this.#asked = null;
          input.checked = this.#on;
        }
        fail(/** @type {Error} */ (refusal).message);
      }
    });
  }

  /** @param {boolean} isDisabled */
  set disabled(isDisabled) {
    keepFocus(this.#input, () => (this.#input.disabled = isDisabled));
  }

  /** `on`: the state according to the server.
   *
   *  @param {BoardState} state
   *  @param {boolean} on
   */
  update(state, on) {
    this.#on = on;
    if (this.#asked?.at && state.knows(this.#about, this.#asked.at)) this.#asked = null;
    if (!this.#asked) this.#input.checked = on;
  }
}
