/** The one obvious next step, and the smaller ones beside it. */

import { element } from "../dom.js";
import { words } from "../words.js";
import { confirmIn } from "./confirm.js";

const MINUTE = 60;

export class NextStep {
  #root;
  #live;
  #dialogs;
  #fail;
  #shown = null;

  /** `dialogs` has `openRound`, `decide` and `addOption`; `fail(words)` says what went wrong. */
  constructor(root, live, dialogs, fail) {
    this.#root = root;
    this.#live = live;
    this.#dialogs = dialogs;
    this.#fail = fail;
  }

  update(state) {
    const wanted = JSON.stringify([state.phase, state.round?.n, Boolean(state.round?.deadline), state.board.options.length < 2]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#offer(state);
  }

  #offer(state) {
    const { openRound, decide, addOption } = this.#dialogs;
    const w = words.host;
    const later = (text, click) => element("button", { type: "button", className: "button", text, on: { click } });
    const main = (text, click) => element("button", { type: "button", className: "button button-main", text, on: { click } });
    const steps = {
      setup: () => (state.board.options.length < 2 ? [main(w.addFirst, addOption), element("p", { className: "soft small", text: w.needOptions })] : [main(w.open, openRound)]),
      open: () => [
        main(w.lock, () => this.#sure(w.lockSure(this.#now.turnout.voted, this.#now.turnout.here), w.lock, "lock_round")),
        later(state.round.deadline ? w.extend : w.lastMinute, () => this.#ask("extend_round", { seconds: MINUTE })),
      ],
      locked: () => [main(w.reveal, () => this.#sure(w.revealSure(this.#now.current?.voters ?? 0), w.reveal, "reveal_round"))],
      revealed: () => [main(w.decide, decide), later(w.next, openRound)],
      decided: () => [later(w.decideAgain, decide), later(w.next, openRound)],
    };
    this.#root.replaceChildren(...steps[state.phase]());
  }

  get #now() {
    return this.#live.state;
  }

  #sure(question, yes, type) {
    confirmIn(this.#root, question, { yes, close: () => this.#offer(this.#now), act: () => this.#ask(type) });
  }

  #ask(type, fields = {}) {
    this.#live.ask({ type, round: this.#now.round.n, ...fields }).catch((refusal) => this.#fail(refusal.message));
  }
}
