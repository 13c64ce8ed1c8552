/** Speaks through the page's live region: immediately where it matters, otherwise one summary
 *  every ten seconds at most. */

const CALM_MS = 10_000;

export class Announcer {
  #node = /** @type {HTMLElement} */ (document.getElementById("announcer"));
  /** @type {number | undefined} */
  #timer;
  #last = "";

  /** @param {string} text */
  now(text) {
    this.#node.textContent = text;
  }

  /** `summary()` is called when the summary is due, so that it describes the state at that time.
   *
   *  @param {() => string} summary
   */
  later(summary) {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const text = summary();
      if (text && text !== this.#last) this.now(text);
      this.#last = text;
    }, CALM_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
