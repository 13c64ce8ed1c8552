/** What people propose, and the host's answers: accept, merge, decline, each with a word. */

import { element, fromTemplate, keepFocus, part, parts, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { takesProposals } from "../live/state.js";
import { t } from "../words.js";
import { FormDialog } from "./form_dialog.js";

/** @typedef {"accept" | "merge" | "decline"} Does */

export class Proposals {
  #live;
  #parts;
  #dialog = new FormDialog("answer-proposal");
  #list;

  /** @param {Parts} page @param {LiveBoard} live */
  constructor(page, live) {
    this.#live = live;
    this.#parts = page;
    this.#list = new KeyedList(page["proposal-list"], {
      key: ({ proposal }) => proposal.id,
      make: (_, rendered) => new Row(rendered, (does, proposal) => this.#answer(does, proposal)),
    });
  }

  /** @param {BoardState} of */
  update({ board, phase, proposals, round }) {
    const isFrozen = phase === "open" || phase === "locked";
    const { "proposals-words": words } = this.#parts;
    show(this.#parts.proposals, proposals.length > 0 || takesProposals(board));
    setText(this.#parts["proposals-count"], String(proposals.length));
    const waits = isFrozen && proposals.length > 0;
    if (waits) setText(words, t("proposals-wait", { n: round?.n ?? 1 }));
    else if (!proposals.length) setText(words, t("proposals-none"));
    show(words, waits || !proposals.length);
    this.#list.render(proposals.map((proposal) => ({ proposal, isFrozen })));
  }

  /** @param {Does} does @param {Wire.ProposalView} proposal */
  #answer(does, { id: proposal, name, about }) {
    const { form } = this.#dialog;
    const { option, word } = form.elements;
    form.reset();
    const { board } = this.#live.state;
    const isCriterion = about === "criteria";
    const how = isCriterion && does !== "decline" ? `${does}_criterion` : does;
    const title = t("proposal-answer", { does: /** @type {any} */ (how), name });
    setText(part(form, "heading"), title);
    setText(
      part(form, "word-hint"),
      t("proposal-word-hint", { does: does === "decline" ? does : "accept" }),
    );
    setText(part(form, "do"), WORDS[does]());
    show(part(form, "into"), does === "merge");
    option.replaceChildren(
      ...(isCriterion ? (board.criteria ?? []) : board.options).map((each) =>
        element("option", { value: each.id, text: each.name }),
      ),
    );
    word.required = does === "decline";
    this.#dialog.open((data) => {
      const said = data.get("word").trim();
      if (does === "merge")
        return this.#live.request({
          type: "merge_proposal",
          proposal,
          option: data.get("option"),
          word: said,
        });
      return this.#live.request({
        type: does === "accept" ? "accept_proposal" : "decline_proposal",
        proposal,
        word: said,
      });
    });
  }
}

/** @type {Record<Does, () => string>} */
const WORDS = {
  accept: () => t("proposal-accept"),
  merge: () => t("proposal-merge"),
  decline: () => t("proposal-decline"),
};
/** @type {Record<Does, (name: string) => string>} */
const LABELS = {
  accept: (name) => t("proposal-accept-label", { name }),
  merge: (name) => t("proposal-merge-label", { name }),
  decline: (name) => t("proposal-decline-label", { name }),
};

class Row {
  #parts;
  /** @type {Wire.ProposalView | null} */
  #proposal = null;
  #buttons;

  /** @param {HTMLElement | null} rendered
   *  @param {(does: Does, proposal: Wire.ProposalView) => void} answer
   */
  constructor(rendered, answer) {
    this.element = rendered ?? fromTemplate("proposal");
    this.#parts = parts(this.element);
    /** @param {Does} does @param {string} [more] */
    const button = (does, more = "") =>
      element("button", {
        type: "button",
        className: `button button-small ${more}`,
        text: WORDS[does](),
        on: { click: () => this.#proposal && answer(does, this.#proposal) },
      });
    this.#buttons = {
      accept: button("accept"),
      merge: button("merge"),
      decline: button("decline", "button-quiet"),
    };
    this.element.append(
      element("div", { className: "row proposal-actions" }, ...Object.values(this.#buttons)),
    );
  }

  /** @param {{ proposal: Wire.ProposalView, isFrozen: boolean }} of */
  update({ proposal, isFrozen }) {
    this.#proposal = proposal;
    const { name, strapline, proposer } = proposal;
    setText(this.#parts.name, name);
    setText(this.#parts.strapline, strapline);
    show(this.#parts.strapline, Boolean(strapline));
    setText(this.#parts.who, proposer ? t("proposal-by", { name: proposer }) : "");
    show(this.#parts.who, Boolean(proposer));
    keepFocus(this.#buttons.accept, () => show(this.#buttons.accept, !isFrozen));
    for (const [does, node] of /** @type {[Does, HTMLElement][]} */ (Object.entries(this.#buttons)))
      node.setAttribute("aria-label", LABELS[does](name));
  }
}
