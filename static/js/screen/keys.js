/** The keyboard of the shared screen, and the same as buttons.
 *
 *  `R` shows the result, which cannot be undone: it asks for the same key again. Space is for
 *  the clock: it stops it and lets it go on, and gives a round without one its last minute.
 */

import { part, setText, show } from "../dom.js";
import { words } from "../words.js";

const MINUTE = 60;
const ARMED_MS = 4_000;
const KEYS = { r: "reveal", " ": "clock", "+": "extend", f: "full", "?": "help" };

export class Keys {
  #live;
  #buttons;
  #say;
  #armed = null;

  /** `say(text)` shows a line for a moment. */
  constructor(root, live, say) {
    this.#live = live;
    this.#say = say;
    this.#buttons = Object.fromEntries([...root.querySelectorAll("[data-do]")].map((button) => [button.dataset.do, button]));
    for (const [name, button] of Object.entries(this.#buttons)) button.addEventListener("click", () => this.#do[name]());
    show(this.#buttons.full, document.fullscreenEnabled);
  }

  start() {
    document.addEventListener("keydown", this.#pressed);
  }

  stop() {
    document.removeEventListener("keydown", this.#pressed);
  }

  update({ you, round, acceptsVotes, isPaused }) {
    const isHost = you.role === "host";
    const hasClock = isPaused || Boolean(round?.deadline);
    show(this.#buttons.reveal, isHost && (round?.state === "open" || round?.state === "locked"));
    show(this.#buttons.clock, isHost && acceptsVotes);
    show(this.#buttons.extend, isHost && acceptsVotes && hasClock);
    setText(part(this.#buttons.clock, "clock-words"), isPaused ? words.goOn : hasClock ? words.pause : words.lastMinute);
  }

  #pressed = (event) => {
    const name = KEYS[event.key.toLowerCase()];
    const isTaken = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
    // A focused button answers the space bar itself.
    if (!name || isTaken || (event.key === " " && event.target.closest("button, a"))) return;
    if (this.#buttons[name].hidden) return;
    event.preventDefault();
    this.#do[name]();
  };

  #do = {
    reveal: () => {
      if (this.#armed === null) {
        this.#armed = setTimeout(() => this.#disarm(), ARMED_MS);
        this.#buttons.reveal.toggleAttribute("data-armed", true);
        const { lost } = this.#live.state.people;
        this.#say(lost ? `${words.host.lost(lost)} ${words.pressAgain}` : words.pressAgain, ARMED_MS);
        return;
      }
      this.#disarm();
      this.#ask("reveal_round", {});
    },
    clock: () => {
      const { isPaused, round } = this.#live.state;
      if (isPaused) this.#ask("pause_round", { on: false }, words.goesOn);
      else if (round.deadline) this.#ask("pause_round", { on: true }, words.paused);
      else this.#do.extend();
    },
    extend: () => this.#ask("extend_round", { seconds: MINUTE }, words.extended),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    help: () => document.getElementById("help").showModal(),
  };

  #disarm() {
    clearTimeout(this.#armed);
    this.#armed = null;
    this.#buttons.reveal.removeAttribute("data-armed");
    this.#say("");
  }

  #ask(type, fields, done = "") {
    this.#live.ask({ type, round: this.#live.state.round.n, ...fields }).then(
      () => this.#say(done),
      (refusal) => this.#say(refusal.message),
    );
  }
}
