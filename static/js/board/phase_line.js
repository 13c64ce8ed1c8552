/** The state of the board: phase, round, method, and the time left. */

import { setText } from "../dom.js";
import { t } from "../words.js";

const SOON_MS = 15_000;

export class PhaseLine {
  #parts;
  #clock;
  /** @type {BoardState | null} */
  #state = null;
  /** @type {number | undefined} */
  #tick;

  /** @param {Parts} page @param {Clock} clock */
  constructor(page, clock) {
    this.#parts = page;
    this.#clock = clock;
  }

  start() {
    this.#tick = setInterval(() => this.#showTime(), 250);
  }

  stop() {
    clearInterval(this.#tick);
  }

  /** @param {BoardState} state */
  update(state) {
    this.#state = state;
    const { round, phase } = state;
    const line = this.#parts;
    if (line.phase) {
      line.phase.dataset.phase = phase;
      setText(
        line["phase-now"],
        state.isPaused && isTimer(line["time-left"])
          ? t("board-phase-paused")
          : state.isArchived
            ? t("board-archived")
            : phase === "deferred"
              ? t("board-deferred")
              : phase === "revealing" && isTimer(line["time-left"])
                ? t("screen-revealing")
                : t("board-phase", { phase }),
      );
      setText(line["phase-round"], round ? t("board-round", { n: round.n }) : "");
      setText(line["phase-method"], round ? t("board-method", { method: round.method }) : "");
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
    const left = isPaused ? (round.left_ms ?? 0) : (round.deadline ?? 0) - this.#clock.now();
    node.toggleAttribute("data-soon", left < SOON_MS);
    setText(node, left > 0 ? this.#words(asClock(left), Boolean(isPaused)) : t("board-time-up"));
  }

  /** The big screen shows the bare clock; everywhere else it is part of a sentence.
   *
   *  @param {string} clock
   *  @param {boolean} isPaused
   */
  #words(clock, isPaused) {
    if (isTimer(this.#parts["time-left"])) return clock;
    return t(isPaused ? "board-time-paused" : "board-time-left", { clock });
  }
}

/** @param {HTMLElement} node */
const isTimer = (node) => node.getAttribute("role") === "timer";

/** 102000 ms as `1:42`; whole seconds, the last one being 0:01.
 *
 *  @param {number} ms
 */
function asClock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  /** @param {number} n */
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
