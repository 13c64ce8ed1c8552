/** What the room proposes, on the shared screen: the newest names, and how many there are. */

import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { t } from "../words.js";

/** More would take the place of the comments. */
const MOST = 3;

export class ProposedNames {
  #parts;
  #list;

  /** @param {Parts} page */
  constructor(page) {
    this.#parts = page;
    this.#list = new KeyedList(page["proposal-list"], {
      make: (_, rendered) => new Name(rendered),
    });
  }

  /** @param {BoardState} of */
  update({ proposals }) {
    const more = proposals.length - MOST;
    show(this.#parts.proposals, proposals.length > 0);
    setText(this.#parts["proposals-count"], String(proposals.length));
    this.#list.render(proposals.slice(-MOST).reverse());
    show(this.#parts["proposals-more"], more > 0);
    setText(this.#parts["proposals-more"], more > 0 ? t("screen-proposals-more", { n: more }) : "");
  }
}

class Name {
  /** @param {HTMLElement | null} rendered */
  constructor(rendered) {
    this.element = rendered ?? element("li");
  }

  /** @param {Wire.ProposalView} of */
  update({ name }) {
    setText(this.element, name);
  }
}
