/** A switch whose state is the server's. From the touch until the server's own word on it, it
 *  shows what was asked for: what comes in between still tells how it was before. */

export class Switch {
  #input;
  #about;
  #on = false;
  /** What was asked for last; `seq`: where in the log it counted, once that is known. */
  #asked = { seq: 0 };

  /** `about`: the message that tells how it stands. `ask(on)` asks the server, and returns a
   *  promise of the position at which it counted. `fail(words)` says why it could not be. */
  constructor(input, about, ask, fail) {
    this.#input = input;
    this.#about = about;
    input.addEventListener("change", async () => {
      const asked = { seq: Infinity };
      this.#asked = asked;
      try {
        asked.seq = await ask(input.checked);
      } catch (refusal) {
        asked.seq = 0;
        if (asked === this.#asked) input.checked = this.#on;
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
    if (state.knows(this.#about, this.#asked.seq)) this.#input.checked = on;
  }
}
