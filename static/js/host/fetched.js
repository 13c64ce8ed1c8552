/** A part of the console that is read only while it is unfolded: fetched then, and again when
 *  the board has moved on. */

import { call } from "../call.js";

/** The board may move with every vote; this is read at most so often. */
const PAUSE_MS = 2_000;

export class Fetched {
  #live;
  #fold;
  #path;
  #render;
  #fail;
  #at = null;
  #timer = null;

  /** `render(answer)` shows what was read. */
  constructor(fold, path, { live, render, fail }) {
    this.#live = live;
    this.#fold = fold;
    this.#path = path;
    this.#render = render;
    this.#fail = fail;
    fold.addEventListener("toggle", () => fold.open && this.read());
  }

  update() {
    if (this.#fold.open && this.#at !== this.#live.state.seq) this.#timer ??= setTimeout(() => this.read(), PAUSE_MS);
  }

  /** Reads now; and once more in a moment, when every process knows of what was just done. */
  again() {
    this.read();
    this.#timer ??= setTimeout(() => this.read(), PAUSE_MS);
  }

  async read() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const { line, state } = this.#live;
    // Without its line the console knows nothing new; whoever was removed may know nothing more.
    if (line.status !== "open" || state.you?.role !== "host") return;
    this.#at = state.seq;
    try {
      this.#render(await call(this.#path));
    } catch (problem) {
      this.#fail(problem.message);
    }
  }
}
