/** The one obvious next step, what speaks for or against it now, and the smaller steps. */

import { failedGates, votableOptions } from "../board/gates.js";
import { settledSentence } from "../board/movement.js";
import { mayVote, turnoutWords } from "../board/turnout.js";
import { optionsById } from "../board/votable.js";
import { element, keepFocus, setText, show } from "../dom.js";
import { t } from "../words.js";
import { confirmIn } from "./confirm.js";
import { copyButton } from "./copy.js";

const MINUTE = 60;

/** The options among which the room has not settled; empty where it has.
 *
 *  @param {BoardState} of
 */
function tiedIn({ board, phase, result, round }) {
  if (phase !== "revealed" || !result || round?.names) return [];
  const tied = result.winners.filter((id) => !failedGates(board, id).length);
  return tied.length > 1 ? tied : [];
}

/** Whether the result is one of criteria, which could become their weights and is not yet.
 *
 *  @param {BoardState} of
 */
const isWeighing = ({ board, round, result }) =>
  Boolean(round?.names && result?.winners.length && board.weights_from !== round.n);

/** Whether a round was opened after the current decision.
 *
 *  @param {BoardState} of
 */
const isBefore = ({ board, round }) => {
  const outcome = board.decision ?? board.deferral;
  return Boolean(round && outcome && outcome.at < round.opened_at);
};

/** @type {Record<BoardState["phase"], (state: BoardState) => string>} */
const HINTS = {
  setup({ board }) {
    if (board.options.length < 2) return t("host-need-options");
    return t(votableOptions(board).length < 2 ? "host-need-votable" : "hint-setup");
  },
  open(state) {
    if (!mayVote(state)) return t(state.people.waiting ? "hint-lobby" : "hint-no-one-joined");
    return t("hint-voted", { turnout: turnoutWords(state) });
  },
  locked({ current, round, board }) {
    const isBlind = round?.settings.visibility === "on_reveal" && !board.settings.host_sees_results;
    return t(isBlind ? "hint-locked-blind" : "hint-locked", { n: current?.voters ?? 0 });
  },
  revealing: () => t("hint-revealing"),
  revealed(state) {
    const split = state.current?.insights?.find(({ kind }) => kind === "split");
    if (isWeighing(state)) return t("hint-weights");
    if (state.round?.names) return t("hint-weighted");
    if (tiedIn(state).length) return t("hint-tied", { n: tiedIn(state).length });
    const settled = settledSentence(state.current);
    if (settled) return settled;
    return split ? t("hint-talk-first", { insight: split.text }) : t("hint-shown");
  },
  deferred: (state) => t(isBefore(state) ? "hint-shown" : "hint-deferred"),
  decided: (state) => t(isBefore(state) ? "hint-before" : "hint-decided"),
};

/** A message about the round that is on, before it has its number.
 *  @typedef {{ type: "lock_round" | "reopen_round" }
 *    | { type: "reveal_round", at_once?: boolean }
 *    | { type: "pause_round", on: boolean }
 *    | { type: "extend_round", seconds: number }} Unnumbered
 *
 *  What the steps open.
 *  @typedef {object} Dialogs
 *  @property {() => void} openRound
 *  @property {(tied: string[]) => void} runOff
 *  @property {() => void} decide
 *  @property {() => void} defer
 *  @property {() => void} addOption
 */

export class NextStep {
  #root;
  #live;
  #dialogs;
  #ballotLink;
  #fail;
  #announcer;
  #hint = element("p", { className: "next-hint num" });
  #lost = element("p", { className: "next-lost", role: "status" });
  #steps = element("div", { className: "next-steps" });
  /** @type {string | null} */
  #offered = null;
  /** @type {((state: BoardState) => void) | null} */
  #ask = null;

  /** @param {HTMLElement} root
   *  @param {HostTools & { dialogs: Dialogs, ballotLink: () => string }} of
   */
  constructor(root, { live, dialogs, ballotLink, fail, announcer }) {
    this.#root = root;
    this.#live = live;
    this.#dialogs = dialogs;
    this.#ballotLink = ballotLink;
    this.#fail = fail;
    this.#announcer = announcer;
    root.replaceChildren(this.#hint, this.#lost, this.#steps);
  }

  /** @param {BoardState} state */
  update(state) {
    const { phase, round, board } = state;
    delete this.#root.dataset.waits;
    const decidedAgain = phase === "decided" && isBefore(state);
    const offer = JSON.stringify([
      phase,
      round?.n,
      Boolean(round?.deadline),
      state.isPaused,
      board.options.length < 2,
      tiedIn(state),
      decidedAgain,
      state.isArchived,
      isWeighing(state),
    ]);
    if (offer !== this.#offered) this.#offerAnew(state);
    this.#offered = offer;
    setText(this.#hint, state.isArchived ? t("hint-archived") : HINTS[phase](state));
    const isWaiting = phase === "open" || phase === "locked";
    setText(
      this.#lost,
      isWaiting && state.people.lost ? t("hint-lost", { n: state.people.lost }) : "",
    );
    show(this.#lost, Boolean(this.#lost.textContent));
    this.#ask?.(state);
  }

  /** Steps that stay keep the focus. Else it goes to the hint before them: what was meant for the
   *  step before must not begin the next.
   *
   *  @param {BoardState} state
   */
  #offerAnew(state) {
    const text = document.activeElement?.textContent;
    keepFocus(
      this.#steps,
      () => this.#offer(state),
      () => {
        const same = [...this.#steps.querySelectorAll("button")];
        return same.find(({ textContent }) => textContent === text) ?? this.#hint;
      },
    );
  }

  /** @param {BoardState} state */
  #offer(state) {
    const { openRound, runOff, decide, defer, addOption } = this.#dialogs;
    /** @param {string} className */
    const button = (className) => (/** @type {string} */ text, /** @type {() => void} */ click) =>
      element("button", { type: "button", className, text, on: { click } });
    const later = button("button");
    const main = button("button button-main");
    const tied = tiedIn(state);
    const steps = {
      setup: () =>
        state.board.options.length < 2
          ? [main(t("options-add"), addOption)]
          : [main(t("host-open"), () => openRound())],
      open: () => [
        main(t("host-lock"), () => this.#lock()),
        later(t("host-lock-reveal"), () => this.#lockAndReveal()),
        ...this.#timeSteps(state, later),
      ],
      locked: () => [
        main(t("host-reveal"), () => this.#reveal()),
        later(t("host-reopen-round"), () => this.#send({ type: "reopen_round" })),
      ],
      revealing: () => [
        later(t("host-show-now"), () => this.#send({ type: "reveal_round", at_once: true })),
      ],
      revealed: () =>
        isWeighing(state)
          ? [
              main(t("host-take-weights"), () => this.#takeWeights()),
              later(t("host-next"), () => openRound()),
            ]
          : tied.length
            ? [
                main(t("host-run-off", { n: tied.length }), () => runOff(tied)),
                later(t("host-decide"), decide),
                later(t("host-defer"), defer),
              ]
            : [
                main(t("host-decide"), decide),
                later(t("host-next"), () => openRound()),
                later(t("host-defer"), defer),
              ],
      deferred: () => [
        main(t("host-next"), () => openRound()),
        later(t("host-decide"), decide),
        later(t("host-take-up"), () => this.#reopen()),
      ],
      decided: () => [
        isBefore(state)
          ? main(t("host-decide-again"), decide)
          : copyButton(this.#ballotLink(), t("host-share"), {
              announcer: this.#announcer,
              className: "button button-main",
            }),
        ...(isBefore(state) ? [] : [later(t("host-decide-again"), decide)]),
        later(t("host-reopen"), () => this.#reopen()),
        later(t("host-next"), () => openRound()),
      ],
    };
    this.#ask = null;
    const open = () => this.#request({ type: "archive", on: false });
    this.#steps.replaceChildren(
      ...(state.isArchived ? [main(t("host-unarchive"), open)] : steps[state.phase]()),
    );
  }

  /** @param {BoardState} state @param {(text: string, click: () => void) => HTMLElement} later */
  #timeSteps(state, later) {
    /** @param {boolean} on */
    const clock = (on) => {
      const button = later(t(on ? "host-pause" : "host-resume"), () =>
        this.#send({ type: "pause_round", on }),
      );
      button.dataset.key = "p";
      return button;
    };
    const more = later(
      t(state.round?.deadline || state.isPaused ? "host-extend" : "host-last-minute"),
      () => this.#send({ type: "extend_round", seconds: MINUTE }),
    );
    more.dataset.key = "+";
    if (state.isPaused) return [clock(false), more];
    return state.round?.deadline ? [more, clock(true)] : [more];
  }

  #lock() {
    this.#sure((state) => t("host-lock-sure", { turnout: turnoutWords(state) }), t("host-lock"), {
      type: "lock_round",
    });
  }

  #lockAndReveal() {
    this.#sure(
      (state) =>
        t("host-lock-reveal-sure", {
          turnout: turnoutWords(state),
          n: state.current?.voters ?? state.turnout.voted,
        }),
      t("host-lock-reveal"),
      { type: "reveal_round" },
    );
  }

  #reveal() {
    this.#sure(
      (state) =>
        t("host-reveal-sure", { turnout: turnoutWords(state), n: state.current?.voters ?? 0 }),
      t("host-reveal"),
      {
        type: "reveal_round",
      },
    );
  }

  #takeWeights() {
    const { round } = this.#live.state;
    if (round) this.#request({ type: "take_weights", round: round.n });
  }

  #reopen() {
    const { state } = this.#live;
    const { option } = state.board.decision ?? {};
    const question = option
      ? t("host-reopen-sure", { option: optionsById(state).get(option)?.name ?? option })
      : t("host-take-up-sure");
    confirmIn(this.#steps, question, {
      yes: t(option ? "host-reopen" : "host-take-up"),
      close: () => this.#offer(this.#live.state),
      act: () => this.#request({ type: "reopen" }),
    });
  }

  /** The question goes with the numbers that it speaks of.
   *
   *  @param {(state: BoardState) => string} question
   *  @param {string} yes
   *  @param {Unnumbered} message
   */
  #sure(question, yes, message) {
    const { state } = this.#live;
    const asked = confirmIn(this.#steps, question(state), {
      yes,
      close: () => this.#offer(this.#live.state),
      act: () => this.#send(message),
    });
    this.#ask = (now) => setText(asked, question(now));
  }

  /** @param {Unnumbered} message */
  #send(message) {
    const { round } = this.#live.state;
    if (round) this.#request({ ...message, round: round.n });
  }

  /** @param {Unsent} message */
  #request(message) {
    this.#live.request(message).catch((refusal) => this.#fail(refusal.message));
  }
}
