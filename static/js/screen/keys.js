/** The keyboard of the shared screen, and the same as buttons.
 *
 *  `R` shows the result, which cannot be undone: it asks for the same key again. Once more, and
 *  the result is shown without the rest of what leads up to it. Space is for the clock: it stops it
 *  and lets it go on, and gives a round without one its last minute.
 */

import { Weights } from "../board/evidence/weights.js";
import { optionsById } from "../board/votable.js";
import { turnoutWords } from "../board/turnout.js";
import { keepFocus, part, setText, show } from "../dom.js";
import { t } from "../words.js";

const MINUTE = 60;
const ARMED_MS = 4_000;
const NERVOUS_MS = 1_000;
/** @typedef {"reveal" | "clock" | "extend" | "join" | "sound" | "weights"
 *    | "full" | "help"} Command
 */

/** @type {Record<string, Command | undefined>} */
const KEYS = {
  r: "reveal",
  " ": "clock",
  "+": "extend",
  j: "join",
  s: "sound",
  w: "weights",
  f: "full",
  "?": "help",
};

export class Keys {
  #live;
  #buttons;
  #say;
  #join;
  #sound;
  /** @type {number | undefined} */
  #armed;
  /** When this page asked for the reveal, in milliseconds since it was opened. */
  #askedAt = -Infinity;

  /** `say(text)` shows a line for a moment, `join()` how to join; `sound()` switches the sound of
   *  the reveal, and resolves with what it is then.
   *
   *  @param {ParentNode} root
   *  @param {LiveBoard} live
   *  @param {{
   *    say: (text: string, ms?: number) => void,
   *    join: () => void,
   *    sound: () => Promise<"on" | "off" | "blocked">,
   *  }} of
   */
  constructor(root, live, { say, join, sound }) {
    this.#live = live;
    this.#say = say;
    this.#join = join;
    this.#sound = sound;
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-do]"));
    this.#buttons = /** @type {Record<Command, HTMLElement>} */ (
      Object.fromEntries([...buttons].map((button) => [button.dataset.do, button]))
    );
    const named = /** @type {[Command, HTMLElement][]} */ (Object.entries(this.#buttons));
    for (const [name, button] of named) button.addEventListener("click", () => this.#do[name]());
    show(this.#buttons.full, document.fullscreenEnabled ?? false);
  }

  start() {
    document.addEventListener("keydown", this.#pressed);
  }

  stop() {
    document.removeEventListener("keydown", this.#pressed);
  }

  /** @param {BoardState} of */
  update({ you, round, current, acceptsVotes, isPaused, isRevealing }) {
    const isHost = you.role === "host";
    const hasClock = isPaused || Boolean(round?.deadline);
    const isHidden = round?.state === "open" || round?.state === "locked" || isRevealing;
    for (const [name, isShown] of /** @type {[Command, boolean][]} */ ([
      ["reveal", isHost && isHidden],
      ["clock", isHost && acceptsVotes],
      ["extend", isHost && acceptsVotes && hasClock],
      ["weights", Boolean(current?.verdict?.weights)],
    ]))
      keepFocus(this.#buttons[name], () => show(this.#buttons[name], isShown), this.#buttons.help);
    setText(
      part(this.#buttons.clock, "clock-words"),
      t("screen-clock-key", { does: isPaused ? "resume" : hasClock ? "pause" : "extend" }),
    );
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    const name = KEYS[event.key.toLowerCase()];
    const isTaken =
      event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
    // A focused button answers the space bar itself.
    if (
      !name ||
      isTaken ||
      (event.key === " " && /** @type {HTMLElement} */ (event.target).closest("button, a"))
    )
      return;
    if (this.#buttons[name].hidden) return;
    event.preventDefault();
    this.#do[name]();
  };

  /** @type {Record<Command, () => void>} */
  #do = {
    reveal: () => {
      if (this.#live.state.isRevealing) {
        // A host who pressed twice and once too often did not mean this.
        if (performance.now() > this.#askedAt + NERVOUS_MS)
          this.#ask("reveal_round", { at_once: true });
      } else if (this.#armed === undefined) {
        this.#armed = setTimeout(() => this.#disarm(), ARMED_MS);
        this.#buttons.reveal.toggleAttribute("data-armed", true);
        const { lost } = this.#live.state.people;
        const turnout = turnoutWords(this.#live.state);
        this.#say(
          lost
            ? t("screen-press-again-lost", { turnout, lost })
            : t("screen-press-again", { turnout }),
          ARMED_MS,
        );
      } else {
        this.#disarm();
        this.#askedAt = performance.now();
        this.#ask("reveal_round", {});
      }
    },
    clock: () => {
      const { isPaused, round } = this.#live.state;
      if (isPaused) this.#ask("pause_round", { on: false }, t("screen-resumed"));
      else if (round?.deadline) this.#ask("pause_round", { on: true }, t("screen-paused"));
      else this.#do.extend();
    },
    extend: () => this.#ask("extend_round", { seconds: MINUTE }, t("screen-extended")),
    weights: () => {
      const { state } = this.#live;
      const { round, result, counted } = state;
      if (!round || !result) return;
      const about = { round, result, voters: counted, options: optionsById(state) };
      const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("weights"));
      part(dialog, "weights").replaceChildren(new Weights(about).element);
      dialog.showModal();
    },
    join: () => this.#join(),
    sound: async () => {
      const is = await this.#sound();
      this.#buttons.sound.setAttribute("aria-pressed", String(is === "on"));
      this.#say(t("screen-sound", { is }));
      setText(part(document, "sound-words"), is === "blocked" ? t("screen-sound", { is }) : "");
    },
    full: () =>
      document.fullscreenElement
        ? document.exitFullscreen()
        : document.documentElement.requestFullscreen?.(),
    help: () => /** @type {HTMLDialogElement} */ (document.getElementById("help")).showModal(),
  };

  #disarm() {
    clearTimeout(this.#armed);
    this.#armed = undefined;
    this.#buttons.reveal.removeAttribute("data-armed");
    this.#say("");
  }

  /**
   *  @param {"reveal_round" | "pause_round" | "extend_round"} type
   *  @param {object} fields
   *  @param {string} [done]
   */
  #ask(type, fields, done = "") {
    const { round } = this.#live.state;
    if (!round) return;
    this.#live.request(/** @type {Unsent} */ ({ type, round: round.n, ...fields })).then(
      () => this.#say(done),
      (refusal) => this.#say(refusal.message),
    );
  }
}
