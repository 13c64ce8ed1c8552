/** A soft sound at the reveal, for rooms that want it: made by the browser, so there is no file. */

/** Two notes, a fifth apart: when each begins, in seconds, and its frequency in hertz. */
const NOTES = [
  [0, 523.25],
  [0.14, 783.99],
];
const LOUDEST = 0.12;
const RISES = 0.02;
const FADES = 1.4;

const PATIENCE_MS = 1_000;

/** @param {number} ms */
const later = (ms) =>
  new Promise((done) => {
    setTimeout(done, ms);
  });

export class Chime {
  /** @type {AudioContext | null} */
  #context = null;

  /** Switches it on or off, and resolves with what it is then. On, it sounds once, so that one
   *  hears how loud it is. A browser may block sound on a page, or have none.
   *
   *  @returns {Promise<"on" | "off" | "blocked">}
   */
  async switch() {
    if (this.#context) {
      this.#context.close();
      this.#context = null;
      return "off";
    }
    if (!window.AudioContext) return "blocked";
    const context = new AudioContext();
    // Where it is blocked, this may never resolve.
    await Promise.race([context.resume(), later(PATIENCE_MS)]);
    if (context.state !== "running") {
      context.close();
      return "blocked";
    }
    this.#context = context;
    this.play();
    return "on";
  }

  play() {
    const context = this.#context;
    if (!context) return;
    for (const [after, frequency] of NOTES) {
      const at = context.currentTime + after;
      const note = new OscillatorNode(context, { frequency });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(LOUDEST, at + RISES);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + FADES);
      note.connect(loudness).connect(context.destination);
      note.start(at);
      note.stop(at + FADES);
    }
  }
}
