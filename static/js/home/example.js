/** Plays the example on the home page, over and over, with what the server has counted and drawn.
 *
 *  It plays only while it is seen, and stands still at its result for those who asked for less
 *  motion, unless they press Play.
 */

import { parts, setShare, setText, show } from "../dom.js";
import { reducedMotion } from "../slide.js";
import { t } from "../words.js";
import { beatsOf } from "./beats.js";

/** How much of it has to be seen. */
const SEEN = 0.3;

export class Example {
  #root;
  #parts;
  #rows;
  #voters;
  #beats;
  #n = 0;
  #isWanted = !reducedMotion.matches;
  #isSeen = false;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} root as the server has drawn it, at its result */
  constructor(root) {
    this.#root = root;
    this.#parts = parts(root);
    this.#rows = [...this.#parts.ranking.children];
    this.#voters = Number(this.#parts["ring-voted"].textContent);
    this.#beats = beatsOf({ voters: this.#voters, places: this.#rows.length });
  }

  start() {
    this.#parts.play.addEventListener("click", () => this.#want(!this.#isWanted));
    reducedMotion.addEventListener("change", () => {
      this.#n = 0;
      this.#want(!reducedMotion.matches);
    });
    document.addEventListener("visibilitychange", () => this.#go());
    new IntersectionObserver(
      (entries) => {
        this.#isSeen = entries[entries.length - 1].isIntersecting;
        this.#go();
      },
      { threshold: SEEN },
    ).observe(this.#parts.stage);
    this.#want(this.#isWanted);
  }

  /** @param {boolean} isWanted */
  #want(isWanted) {
    this.#isWanted = isWanted;
    setText(this.#parts.play, t("replay-play", { does: isWanted ? "pause" : "play" }));
    this.#go();
  }

  #go() {
    clearTimeout(this.#timer);
    const plays = this.#isWanted && this.#isSeen && !document.hidden;
    this.#root.toggleAttribute("data-plays", plays);
    const beat = this.#beats[this.#n];
    this.#draw(beat);
    if (!plays) return;
    this.#timer = window.setTimeout(() => {
      this.#n = (this.#n + 1) % this.#beats.length;
      this.#go();
    }, beat.ms);
  }

  /** @param {import("./beats.js").Beat} beat */
  #draw({ phase, voted, waits, fills }) {
    const { stage, verdict, winner, ranking, ring } = this.#parts;
    stage.dataset.shows = phase === "open" || phase === "locked" ? "turnout" : "results";
    this.#parts.phase.dataset.phase = phase;
    const words = phase === "revealing" ? t("screen-revealing") : t("board-phase", { phase });
    setText(this.#parts["phase-now"], words);
    setText(this.#parts["ring-voted"], String(voted));
    setShare(ring, voted / this.#voters);
    this.#rows.forEach((row, place) => row.toggleAttribute("data-waits", place < waits));
    ranking.toggleAttribute("data-conducted", waits > 0 || fills);
    verdict.toggleAttribute("data-waits", waits > 0);
    show(winner, fills);
  }
}
