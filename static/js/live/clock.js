/** The store's clock, as well as this device knows it. */

const SAMPLES = 8;

export class Clock {
  /** @type {number[]} */
  #offsets = [];

  /** Each sample is late by its way here; the one that came fastest is the best.
   *
   *  @param {number} serverNow in milliseconds since 1970
   */
  addSample(serverNow) {
    this.#offsets = [...this.#offsets, serverNow - Date.now()].slice(-SAMPLES);
  }

  now() {
    return Date.now() + (this.#offsets.length ? Math.max(...this.#offsets) : 0);
  }
}
