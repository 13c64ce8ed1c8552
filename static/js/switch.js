/** A switch whose state is the server's. From the touch until the server's own word on it, it
 *  shows what was asked for: what comes in between still tells how it was before. */

export class Switch {
  #input;
  #about;
  #on = false;
  /** What was asked for and is not told of yet, or null; `at`: where it counted, once that is
   *  known. */
  #asked = null;

  /** `about`: the message that tells how it stands. `ask(on)` asks the server, and returns a
   *  promise of where in the log it counted. `fail(words)` says why it could not be. */
  constructor(input, about, ask, fail) {
    this.#input = input;
    this.#about = about;
    input.addEventListener("change", async () => {
      const asked = { at: null };
      this.#asked = asked;
      try {
        asked.at = await ask(input.checked);
      } catch (refusal) {
        if (asked === this.#asked) {
          this.#asked = null;
          input.checked = this.#on;
        }
        fail(refusal.message);
      }
    });
  }

  set disabled(isDisabled) {
    this.#input.disabled = isDisabled;
  }

  /** `on`: how it stands by what the server has said so far. */
  update(state, on) {
    this.#on = on;
    if (this.#asked?.at && state.knows(this.#about, this.#asked.at)) this.#asked = null;
    if (!this.#asked) this.#input.checked = on;
  }
}
