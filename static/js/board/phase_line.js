/** Where the board stands: phase, round, method, and the time that is left. */

import { parts, setText } from "../dom.js";
import { words } from "../words.js";

const SOON_MS = 15_000;

export class PhaseLine {
  #parts;
  #clock;
  #state = null;
  #tick = null;

  constructor(root, clock) {
    this.#parts = parts(root);
    this.#clock = clock;
  }

  start() {
    this.#tick = setInterval(() => this.#showTime(), 250);
  }

  stop() {
    clearInterval(this.#tick);
  }

  update(state) {
    this.#state = state;
    const { round, phase } = state;
    const line = this.#parts;
    if (line.phase) {
      line.phase.dataset.phase = phase;
      setText(line["phase-now"], state.isPaused && line["time-left"].role === "timer" ? words.pausedPhase : words.phases[phase]);
      setText(line["phase-round"], round ? words.round(round.n) : "");
      setText(line["phase-method"], round ? (words.methods[round.method] ?? round.method) : "");
    }
    this.#showTime();
  }

  #showTime() {
    const round = this.#state?.round;
    const node = this.#parts["time-left"];
    const { isPaused } = this.#state ?? {};
    node.toggleAttribute("data-paused", Boolean(isPaused));
    if (round?.state !== "open" || !(round.deadline || isPaused)) {
      setText(node, "");
      return;
    }
    const left = isPaused ? round.left_ms : round.deadline - this.#clock.now();
    node.toggleAttribute("data-soon", left < SOON_MS);
    setText(node, left > 0 ? this.#words(asClock(left), isPaused) : words.timeUp);
  }

  /** The big screen shows the bare clock; everywhere else it is part of a sentence. */
  #words(clock, isPaused) {
    if (this.#parts["time-left"].role === "timer") return clock;
    return isPaused ? words.timePaused(clock) : words.timeLeft(clock);
  }
}

/** 102000 ms as `1:42`; whole seconds, the last one being 0:01. */
function asClock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
