/** Moves along a line of time at a speed, until its end. */

import { reducedMotion } from "../slide.js";

/** Where the reader asked for less motion, it goes on in steps. */
const STEP_MS = 1000;

export class Player {
  #length;
  #moved;
  #place = 0;
  #speed = 1;
  #last = 0;
  #isPlaying = false;

  /** `moved()` is called whenever the place has changed, or whether it plays.
   *
   *  @param {number} length in milliseconds
   *  @param {() => void} moved
   */
  constructor(length, moved) {
    this.#length = length;
    this.#moved = moved;
  }

  get place() {
    return this.#place;
  }

  get isPlaying() {
    return this.#isPlaying;
  }

  get isAtEnd() {
    return this.#place >= this.#length;
  }

  /** @param {number} speed 1 is as it was */
  setSpeed(speed) {
    this.#speed = speed;
  }

  /** @param {number} place */
  seek(place) {
    this.#place = Math.min(Math.max(0, place), this.#length);
    this.#moved();
  }

  toggle() {
    if (this.#isPlaying) {
      this.#isPlaying = false;
      this.#moved();
      return;
    }
    if (this.isAtEnd) this.#place = 0;
    this.#isPlaying = true;
    this.#last = performance.now();
    this.#moved();
    this.#await();
  }

  #await() {
    if (reducedMotion.matches) setTimeout(() => this.#go(performance.now()), STEP_MS);
    else requestAnimationFrame((now) => this.#go(now));
  }

  /** @param {number} now */
  #go(now) {
    if (!this.#isPlaying) return;
    const place = this.#place + Math.max(0, now - this.#last) * this.#speed;
    this.#last = now;
    if (place >= this.#length) this.#isPlaying = false;
    else this.#await();
    this.seek(place);
  }
}
