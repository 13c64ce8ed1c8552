/** What belongs to a result: its evidence, the open ballots, and the rounds before it. */

import { Evidence } from "../board/evidence/evidence.js";
import { OpenBallots } from "../board/open_ballots.js";
import { RoundComparison } from "../board/round_comparison.js";
import { Premortem } from "./premortem.js";
import { StanceForm } from "./stance.js";

export class Results {
  #evidence;
  #openBallots;
  #rounds;

  #stance;
  #premortem;

  /** @param {Record<string, HTMLElement>} parts
   *  @param {{ code: string, talk: TalkTools, fail: (text: string) => void }} of
   */
  constructor(parts, { code, talk, fail }) {
    this.#stance = new StanceForm(parts.stance, talk.live, fail);
    this.#premortem = new Premortem(parts.premortem, talk);
    this.#evidence = new Evidence(parts.outcome);
    this.#openBallots = new OpenBallots(parts.outcome, code);
    this.#rounds = new RoundComparison(parts.rounds, parts["rounds-body"], code);
  }

  /** @param {BoardState} state @param {boolean} isShown whether the result is */
  update(state, isShown) {
    this.#stance.update(state);
    this.#premortem.update(state);
    this.#rounds.update(state);
    this.#openBallots.update(state);
    if (isShown) this.#evidence.update(state);
  }
}
