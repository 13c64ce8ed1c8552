/** The one obvious next step, what speaks for or against it now, and the smaller steps. */

import { optionsById } from "../board/votable.js";
import { element, setText, show } from "../dom.js";
import { words } from "../words.js";
import { confirmIn } from "./confirm.js";
import { copyButton } from "./copy.js";

const MINUTE = 60;
const w = words.host;

/** The options among which the room has not settled; empty where it has. */
const tiedIn = ({ phase, result }) => (phase === "revealed" && result?.winners.length > 1 ? result.winners : []);

/** A round came after the decision that stands. */
const isBefore = ({ board, round }) => Boolean(round) && board.decision.at < round.opened_at;

const HINTS = {
  setup: ({ board }) => (board.options.length < 2 ? w.needOptions : w.hints.setup),
  open({ turnout: { voted, here }, people }) {
    if (!here) return people.waiting ? w.hints.atTheDoor : w.hints.nobody;
    return voted === here ? w.hints.all(here) : w.hints.voted(voted, here);
  },
  locked: ({ current, round, board }) => w.hints.locked(current?.voters ?? 0, round.settings.visibility === "on_reveal" && !board.settings.host_sees_results),
  revealed(state) {
    const split = state.current?.insights?.find(({ kind }) => kind === "split");
    if (tiedIn(state).length) return w.hints.tied(tiedIn(state).length);
    return split ? w.hints.talkFirst(split.text) : w.hints.shown;
  },
  decided: (state) => (isBefore(state) ? w.hints.before : w.hints.decided),
};

export class NextStep {
  #live;
  #dialogs;
  #fail;
  #announcer;
  #hint = element("p", { className: "next-hint num" });
  #lost = element("p", { className: "next-lost", role: "status" });
  #steps = element("div", { className: "next-steps" });
  #offered = null;
  #ask = null;

  /** `dialogs` has `openRound`, `runOff`, `decide` and `addOption`; `fail(words)` says what
   *  went wrong. */
  constructor(root, { live, dialogs, fail, announcer }) {
    this.#live = live;
    this.#dialogs = dialogs;
    this.#fail = fail;
    this.#announcer = announcer;
    root.replaceChildren(this.#hint, this.#lost, this.#steps);
  }

  update(state) {
    const { phase, round, board } = state;
    const decidedAgain = phase === "decided" && isBefore(state);
    const offer = JSON.stringify([phase, round?.n, Boolean(round?.deadline), state.isPaused, board.options.length < 2, tiedIn(state), decidedAgain]);
    if (offer !== this.#offered) this.#offer(state);
    this.#offered = offer;
    setText(this.#hint, HINTS[phase](state));
    const isWaiting = phase === "open" || phase === "locked";
    setText(this.#lost, isWaiting && state.people.lost ? w.lost(state.people.lost) : "");
    show(this.#lost, Boolean(this.#lost.textContent));
    this.#ask?.(state);
  }

  #offer(state) {
    const { openRound, runOff, decide, addOption } = this.#dialogs;
    const button = (className) => (text, click) => element("button", { type: "button", className, text, on: { click } });
    const later = button("button");
    const main = button("button button-main");
    const tied = tiedIn(state);
    const steps = {
      setup: () => (state.board.options.length < 2 ? [main(w.addFirst, addOption)] : [main(w.open, () => openRound())]),
      open: () => [main(w.lock, () => this.#lock()), ...this.#timeSteps(state, later)],
      locked: () => [main(w.reveal, () => this.#reveal())],
      revealed: () => (tied.length ? [main(w.runOff(tied.length), () => runOff(tied)), later(w.decide, decide)] : [main(w.decide, decide), later(w.next, () => openRound())]),
      decided: () => [
        isBefore(state) ? main(w.decideAgain, decide) : copyButton(`${location.origin}${location.pathname.replace(/\/host$/, "")}`, w.share, { announcer: this.#announcer, className: "button button-main" }),
        ...(isBefore(state) ? [] : [later(w.decideAgain, decide)]),
        later(w.reopen, () => this.#reopen()),
        later(w.next, () => openRound()),
      ],
    };
    this.#ask = null;
    this.#steps.replaceChildren(...steps[state.phase]());
  }

  #timeSteps(state, later) {
    const clock = (on) => later(on ? w.pause : w.goOn, () => this.#send({ type: "pause_round", on }));
    const more = later(state.round.deadline || state.isPaused ? w.extend : w.lastMinute, () => this.#send({ type: "extend_round", seconds: MINUTE }));
    if (state.isPaused) return [clock(false), more];
    return state.round.deadline ? [more, clock(true)] : [more];
  }

  #lock() {
    this.#sure(({ turnout: { voted, here } }) => w.lockSure(voted, here), w.lock, { type: "lock_round" });
  }

  #reveal() {
    this.#sure(({ current }) => w.revealSure(current?.voters ?? 0), w.reveal, { type: "reveal_round" });
  }

  #reopen() {
    const { option } = this.#live.state.board.decision;
    const question = (state) => w.reopenSure(optionsById(state).get(option)?.name ?? option);
    confirmIn(this.#steps, question(this.#live.state), { yes: w.reopen, close: () => this.#offer(this.#live.state), act: () => this.#tell({ type: "reopen" }) });
  }

  /** The question goes with the numbers that it speaks of. */
  #sure(question, yes, message) {
    const { state } = this.#live;
    const asked = confirmIn(this.#steps, question(state), { yes, close: () => this.#offer(this.#live.state), act: () => this.#send(message) });
    this.#ask = (now) => setText(asked, question(now));
  }

  #send(message) {
    this.#tell({ ...message, round: this.#live.state.round.n });
  }

  #tell(message) {
    this.#live.ask(message).catch((refusal) => this.#fail(refusal.message));
  }
}
