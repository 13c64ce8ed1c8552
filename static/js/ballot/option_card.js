/** The card of one option. It is built once and then updated: a person who is writing a
 *  comment on it keeps the cursor while others vote. */

import {
  element,
  fromTemplate,
  keepFocus,
  parts,
  setHue,
  setShare,
  setText,
  show,
} from "../dom.js";
import { gateItems } from "../board/gates.js";
import { isOption } from "../board/votable.js";
import { t } from "../words.js";
import { Talk } from "./talk.js";
import { VoteControl } from "./vote_control.js";

const SHORT = 32;
const CHIPS = 2;

/** The features that fit on a folded card.
 *
 *  @param {Wire.Option} option
 */
const shortFeatures = ({ features }) =>
  features.filter((feature) => [...feature].length <= SHORT).slice(0, CHIPS);

/** Whether folded cards show facts: two of every option, or of none.
 *
 *  @param {Wire.Option[]} options
 */
export const haveFacts = (options) =>
  options.every((option) => !isOption(option) || shortFeatures(option).length === CHIPS);

/** @typedef {object} ShownCard
 *  @property {Wire.Option} option
 *  @property {boolean} hasFacts whether the folded cards show facts
 *  @property {Wire.BoardView} board
 *  @property {string | null} proposer
 *  @property {ShownControl} control
 *  @property {boolean} isFound whether it is among those that are looked for
 *  @property {CommentThread[]} threads
 *  @property {{ share: number, words: string } | null} outcome
 */

export class OptionCard {
  #parts;
  #control;
  id = "";
  /** @type {string | null} */
  #facts = null;

  /** `change(option, value)` takes a vote.
   *
   *  @param {HTMLElement | null} rendered
   *  @param {{ talk: TalkTools, change: (option: string, value: any) => void }} of
   */
  constructor(rendered, { talk, change }) {
    this.element = rendered ?? fromTemplate("option-card");
    this.#parts = parts(this.element);
    this.#control = new VoteControl(this.#parts.vote, (value) => change(this.id, value));
    this.talk = new Talk(this.#parts.talk, this.#parts, talk);
    this.#parts.more.addEventListener("toggle", () => this.#unfold());
  }

  /** Where to say how well one knows the option. */
  get experience() {
    return this.#parts.experience;
  }

  /** `outcome`: a share from 0 to 1 and words, or null where there is no result to show.
   *
   *  @param {ShownCard} of
   */
  update({ option, board, hasFacts, isFound, proposer, control, threads, outcome }) {
    this.id = option.id;
    show(this.element, isFound);
    this.element.dataset.vote = control.kind ?? (control.isTogether ? "together" : "");
    show(this.#parts.proposer, Boolean(proposer));
    if (proposer) setText(this.#parts.proposer, t("proposal-by", { name: proposer }));
    this.#showFacts(option, hasFacts, board);
    const { vote, name } = this.#parts;
    keepFocus(vote, () => this.#control.update(control), name);
    this.talk.update(option, threads);
    this.#showResult(outcome);
  }

  /** What a narrow row leaves out, it tells when it is unfolded, or where it cannot be. */
  #unfold() {
    const { more } = this.#parts;
    this.element.toggleAttribute("data-unfolded", more.open || more.hidden);
  }

  /** @param {ShownCard["outcome"]} outcome */
  #showResult(outcome) {
    const { result, "result-words": sentence } = this.#parts;
    show(result, Boolean(outcome));
    if (!outcome) return;
    setShare(result, outcome.share);
    setText(sentence, outcome.words);
  }

  /** Says what the gates say; what it passes, only on the unfolded card. Returns whether it passes
   *  any.
   *
   *  @param {Wire.Option} option @param {Wire.BoardView} board
   */
  #showGates({ id }, board) {
    const { lacks, has, isOut } = gateItems(board, id);
    this.#parts.gates.replaceChildren(...(isOption({ id }) ? lacks : []));
    this.#parts.passed.replaceChildren(...has);
    this.element.toggleAttribute("data-out", isOut);
    return has.length > 0;
  }

  /** @param {Wire.Option} option @param {boolean} hasFacts @param {Wire.BoardView} board */
  #showFacts(option, hasFacts, board) {
    if (this.#facts === (this.#facts = JSON.stringify([option, hasFacts, board.gates]))) return;
    const card = this.#parts;
    setHue(this.element, option.hue);
    for (const name of ["name", "link-name", "more-name"]) setText(card[name], option.name);
    setText(card.strapline, option.strapline);
    setText(card["suited-to"], option.suited_to);
    const isLink = /^https?:\/\//.test(option.link);
    show(card.link, isLink);
    if (isLink) card.link.href = option.link;
    const hasPassed = this.#showGates(option, board);
    const chips = hasFacts ? shortFeatures(option) : [];
    fill(card.chips, chips, "chip");
    fill(card.features, option.features, "");
    fill(card.tags, option.tags, "chip");
    show(card.suited, Boolean(option.suited_to));
    show(
      card.more,
      chips.length < option.features.length ||
        Boolean(option.suited_to) ||
        option.tags.length > 0 ||
        isLink ||
        hasPassed,
    );
    this.#unfold();
    show(card.talk, isOption(option));
  }
}

/** @param {HTMLElement} list @param {string[]} texts @param {string} className */
function fill(list, texts, className) {
  list.replaceChildren(...texts.map((text) => element("li", { text, className })));
}
