/** This person's vote in the round that is on: what it says by now, and how it is changed. */

import { optionsById, shownOptions } from "../board/votable.js";
import { methods } from "../methods/index.js";
import { t } from "../words.js";
import { shuffled } from "./shuffle.js";

/** Once the result is there, a control that does nothing is in the way of it. */
const OVER = new Set(["revealed", "decided", "deferred"]);

export class Voting {
  #live;

  /** @param {LiveBoard} live */
  constructor(live) {
    this.#live = live;
  }

  get round() {
    return this.#live.state.round;
  }

  get method() {
    return methods[this.round?.method ?? ""];
  }

  /** What was chosen last, whether or not the server has it yet. */
  get ballot() {
    const { state, outbox } = this.#live;
    const waiting = state.round ? outbox.ballot(state.round.n) : undefined;
    return waiting === undefined ? state.ballot : waiting;
  }

  get isOpen() {
    const { state } = this.#live;
    return state.acceptsVotes && state.you.votes;
  }

  get isOver() {
    return OVER.has(this.#live.state.phase);
  }

  /** Voted on together, there is something to do here, or something to look back at. */
  get isUsed() {
    return !this.isOver && (this.#live.state.you.votes || Boolean(this.ballot));
  }

  /** The round as this person sees it; the methods speak of it. */
  get about() {
    const options = optionsById(this.#live.state);
    return {
      round: /** @type {Wire.RoundView} */ (this.round),
      options: this.#order(),
      name: (/** @type {string} */ id) => options.get(id)?.name ?? id,
    };
  }

  /** All options, those on the ballot first, in this seat's order. */
  get options() {
    const order = new Map(this.#order().map((id, at) => [id, at]));
    /** @param {Wire.Option} of */
    const at = ({ id }) => order.get(id) ?? Infinity;
    return [...shownOptions(this.#live.state)].sort((a, b) =>
      at(a) === at(b) ? 0 : at(a) - at(b),
    );
  }

  /** The control for an option, in its card.
   *
   *  @param {Wire.Option} option
   *  @param {RoundContext} about
   *  @returns {ShownControl}
   */
  control(option, about) {
    const { method, ballot, round } = this;
    if (!round?.options.includes(option.id))
      return { kind: null, aside: round && !round.names ? t("ballot-not-on-it") : "" };
    if (!method?.control)
      return {
        kind: null,
        aside: method?.aside?.(ballot, option.id) ?? "",
        isTogether: this.isUsed && Boolean(method?.section),
      };
    const value = method.value?.(ballot, option.id, about);
    const isIdle = this.isOver || !this.#live.state.you.votes;
    const kind = isIdle && !method.isSet?.(value) ? null : method.control;
    return {
      kind,
      aside: "",
      name: option.name,
      group: `round-${round.n}${method.control === "radio" ? "" : `-${option.id}`}`,
      value,
      isOpen: this.isOpen,
    };
  }

  /** Changes the ballot as the method does: see `changed` in `methods/index.js`.
   *
   *  @param {string} option
   *  @param {any[]} change
   */
  change(option, ...change) {
    this.vote(this.method?.changed?.(this.ballot, option, ...change) ?? null);
  }

  /** Null is no vote.
   *
   *  @param {Ballot | null} ballot
   */
  vote(ballot) {
    const { round } = this;
    if (!round) return;
    const { n } = round;
    this.#live.submit(ballot ? { type: "vote", round: n, ballot } : { type: "withdraw", round: n });
  }

  #order() {
    const { round, you } = this.#live.state;
    if (!round) return [];
    return round.settings.shuffle && you.seat
      ? shuffled(round.options, you.seat, round.n)
      : round.options;
  }
}
