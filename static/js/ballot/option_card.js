/** The card of one option. It is made once and then only told what is new: whoever is
 *  writing a comment on it keeps the cursor while others vote. */

import { element, fromTemplate, parts, setHue, setShare, setText, show } from "../dom.js";
import { Talk } from "./talk.js";
import { VoteControl } from "./vote_control.js";

const SHORT = 32;
const CHIPS = 3;

export class OptionCard {
  #parts;
  #control;
  #facts = null;

  /** `change(option, value)` takes a vote. */
  constructor(rendered, { talk, change }) {
    this.element = rendered ?? fromTemplate("option-card");
    this.#parts = parts(this.element);
    this.#control = new VoteControl(this.#parts.vote, (value) => change(this.id, value));
    this.talk = new Talk(this.#parts.talk, this.#parts, talk);
  }

  /** `outcome`: a share from 0 to 1 and words, or null where there is no result to show. */
  update({ option, control, threads, outcome }) {
    this.id = option.id;
    this.#tellFacts(option);
    this.#control.update(control);
    this.talk.update(option, threads);
    this.#tellResult(outcome);
  }

  #tellResult(outcome) {
    const { result, "result-words": sentence } = this.#parts;
    show(result, Boolean(outcome));
    if (!outcome) return;
    setShare(result, outcome.share);
    setText(sentence, outcome.words);
  }

  #tellFacts(option) {
    if (this.#facts === (this.#facts = JSON.stringify(option))) return;
    const card = this.#parts;
    setHue(this.element, option.hue);
    for (const name of ["name", "link-name", "more-name"]) setText(card[name], option.name);
    setText(card.strapline, option.strapline);
    setText(card["suited-to"], option.suited_to);
    const isLink = /^https?:\/\//.test(option.link);
    show(card.link, isLink);
    if (isLink) card.link.href = option.link;
    const chips = option.features.filter((feature) => [...feature].length <= SHORT).slice(0, CHIPS);
    fill(card.chips, chips, "chip");
    fill(card.features, option.features, "");
    fill(card.tags, option.tags, "chip");
    show(card.suited, Boolean(option.suited_to));
    show(card.more, chips.length < option.features.length || Boolean(option.suited_to) || option.tags.length > 0);
    show(card.talk, option.id !== "further-discussion");
  }
}

function fill(list, texts, className) {
  list.replaceChildren(...texts.map((text) => element("li", { text, className })));
}
