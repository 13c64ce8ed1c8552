/** This person's vote in the round that is on: what it says by now, and how it is changed. */

import { optionsById, shownOptions } from "../board/votable.js";
import { methods } from "../methods/index.js";
import { words } from "../words.js";
import { shuffled } from "./shuffle.js";

/** Once the result is there, a control that does nothing is in the way of it. */
const OVER = new Set(["revealed", "decided"]);

export class Voting {
  #live;

  constructor(live) {
    this.#live = live;
  }

  get round() {
    return this.#live.state.round;
  }

  get method() {
    return methods[this.round?.method];
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
    return { round: this.round, options: this.#order(), name: (id) => options.get(id)?.name ?? id };
  }

  /** All options, those on the ballot first, in this seat's order. */
  get options() {
    const order = new Map(this.#order().map((id, at) => [id, at]));
    const at = ({ id }) => order.get(id) ?? Infinity;
    return shownOptions(this.#live.state).toSorted((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
  }

  /** What stands in an option's card to vote with. */
  control(option, about) {
    const { method, ballot, round } = this;
    if (!round?.options.includes(option.id)) return { kind: null, aside: round ? words.notInRound : "" };
    if (!method?.control) return { kind: null, aside: method?.aside(ballot, option.id) ?? "" };
    const value = method.value(ballot, option.id, about);
    const isIdle = this.isOver || !this.#live.state.you.votes;
    const kind = isIdle && !method.isSet(value) ? null : method.control;
    return { kind, aside: "", name: option.name, group: `round-${round.n}${method.control === "radio" ? "" : `-${option.id}`}`, value, isOpen: this.isOpen };
  }

  change(...what) {
    this.vote(this.method.changed(this.ballot, ...what));
  }

  /** Null is no vote. */
  vote(ballot) {
    const { n } = this.round;
    this.#live.tell(ballot ? { type: "vote", round: n, ballot } : { type: "withdraw", round: n });
  }

  #order() {
    const { round, you } = this.#live.state;
    if (!round) return [];
    return round.settings.shuffle && you.seat ? shuffled(round.options, you.seat, round.n) : round.options;
  }
}
