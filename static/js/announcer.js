/** Speaks to people who listen to the page: at once where it matters, otherwise one summary
 *  every ten seconds at most. */

const CALM_MS = 10_000;

export class Announcer {
  #node = document.getElementById("announcer");
  #timer = null;
  #last = "";

  now(text) {
    this.#node.textContent = text;
  }

  /** `summary()` is asked when its time has come, so that it says how things stand then. */
  later(summary) {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const text = summary();
      if (text && text !== this.#last) this.now(text);
      this.#last = text;
    }, CALM_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
