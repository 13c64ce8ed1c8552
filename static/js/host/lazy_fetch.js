/** A part of the console that is read only while it is unfolded: fetched then, and again when
 *  the board has moved on. */

import { callApi } from "../api.js";

/** The board may move with every vote; this is read at most so often. */
const PAUSE_MS = 2_000;

export class LazyFetch {
  #live;
  #fold;
  #path;
  #render;
  #fail;
  /** @type {number | null} */
  #at = null;
  /** @type {number | undefined} */
  #timer;

  /** `render(answer)` shows what was read.
   *
   *  @param {HTMLDetailsElement} fold
   *  @param {string} path
   *  @param {{ live: LiveBoard, render: (answer: any) => void, fail: Fail }} of
   */
  constructor(fold, path, { live, render, fail }) {
    this.#live = live;
    this.#fold = fold;
    this.#path = path;
    this.#render = render;
    this.#fail = fail;
    fold.addEventListener("toggle", () => fold.open && this.read());
  }

  update() {
    if (this.#fold.open && this.#at !== this.#live.state.seq)
      this.#timer ??= setTimeout(() => this.read(), PAUSE_MS);
  }

  /** Reads now; and once more in a moment, when every process knows of what was just done. */
  again() {
    this.read();
    this.#timer ??= setTimeout(() => this.read(), PAUSE_MS);
  }

  async read() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { connection, state } = this.#live;
    // Offline there is nothing new, and a host who was removed may not read this any more.
    if (connection.status !== "open" || state.you?.role !== "host") return;
    this.#at = state.seq;
    try {
      this.#render(await callApi(this.#path));
    } catch (problem) {
      this.#fail(/** @type {Error} */ (problem).message);
    }
  }
}
