/** Options that people propose: what waits, what became of one's own, and the form for more. */

import { optionsById } from "../board/votable.js";
import { element, fromTemplate, keepFocus, parts, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { takesProposals } from "../live/state.js";
import { newId } from "../live/new_id.js";
import { t } from "../words.js";

/** A proposal as it is shown. `own`: what became of it, where it is this person's.
 *
 *  @typedef {object} Shown
 *  @property {string} id
 *  @property {string} name
 *  @property {string} strapline
 *  @property {string | null} proposer
 *  @property {string} status
 *  @property {string} word
 *  @property {boolean} canTakeBack
 */

export class Proposals {
  #live;
  #parts;
  #say;
  #list;
  /** The state of one's own by id, as it was last shown; null before the first time.
   *  @type {Map<string, string> | null} */
  #known = null;

  /** `say(text)` tells an answer of the host when it comes.
   *
   *  @param {Parts} page
   *  @param {LiveBoard} live
   *  @param {(text: string) => void} say
   */
  constructor(page, live, say) {
    this.#live = live;
    this.#parts = page;
    this.#say = say;
    this.#list = new KeyedList(page["proposal-list"], {
      make: (_, rendered) => new Row(rendered, (proposal) => this.#takeBack(proposal)),
    });
    this.#form.addEventListener("submit", (event) => this.#submit(event));
  }

  /** @param {BoardState} state */
  update(state) {
    keepFocus(this.#parts.proposals, () => this.#show(state));
  }

  /** @param {BoardState} state */
  #show(state) {
    const page = this.#parts;
    const blockedBy = state.proposingBlockedBy;
    const shown = this.#shown(state);
    const most = Number(this.#form.dataset.most);
    const isFull = shown.filter(({ canTakeBack }) => canTakeBack).length >= most;
    show(page.proposals, shown.length > 0 || takesProposals(state.board));
    const about = state.board.settings.proposals === "criteria" ? "criteria" : "options";
    setText(page["proposals-title"], t("proposal-title", { about }));
    setText(page["proposal-form-title"], t("proposal-form-title", { about }));
    setText(page["proposals-count"], state.proposals.length ? String(state.proposals.length) : "");
    this.#list.render(shown);
    // What is being written stays, and is not sent where it would be refused.
    show(page["proposal-fold"], !(blockedBy || isFull) || this.#hasText);
    this.#form.querySelector("button")?.toggleAttribute("disabled", Boolean(blockedBy) || isFull);
    show(page["proposals-blocked"], Boolean(blockedBy) || isFull);
    if (blockedBy)
      setText(page["proposals-blocked"], t("proposal-blocked", { by: blockedBy, about }));
    else if (isFull) setText(page["proposals-blocked"], t("proposal-limit", { max: most }));
    this.#announceAnswers(state);
  }

  /** The server did not take it: the words go back to where they were written.
   *
   *  @param {{ name: string, strapline?: string }} message
   */
  restore({ name, strapline = "" }) {
    const { elements } = this.#form;
    if (this.#hasText) return;
    elements.name.value = name;
    elements.strapline.value = strapline;
    this.#parts["proposal-fold"].open = true;
  }

  /** @returns {HTMLFormElement & { elements: any }} */
  get #form() {
    return this.#parts["proposal-form"];
  }

  get #hasText() {
    const { name, strapline } = this.#form.elements;
    return Boolean(name.value.trim() || strapline.value.trim());
  }

  /** This person's own first: those that wait, those on their way, and the answered ones.
   *
   *  @param {BoardState} state
   *  @returns {Shown[]}
   */
  #shown(state) {
    const own = new Map(state.ownProposals.map((each) => [each.id, each]));
    const { outbox, connection } = this.#live;
    const leaving = new Set(outbox.waiting("withdraw_proposal").map(({ proposal }) => proposal));
    const isWaiting = connection.status === "open" && state.store === "ok" ? "no" : "yes";
    const open = state.proposals
      .filter(({ id }) => !leaving.has(id))
      .map((each) => ({
        ...each,
        status: own.has(each.id) ? t("proposal-yours", { state: "open", option: "" }) : "",
        word: "",
        canTakeBack: own.has(each.id),
      }));
    const answered = state.ownProposals
      .filter((each) => each.state !== "open")
      .map((each) => ({
        ...each,
        proposer: null,
        status: t("proposal-yours", { state: stateOf(each), option: nameOf(state, each.option) }),
        canTakeBack: false,
      }));
    const sending = outbox
      .waiting("propose")
      .filter(({ proposal }) => !own.has(proposal))
      .map(({ proposal, name, strapline = "" }) => ({
        id: proposal,
        name,
        strapline,
        proposer: null,
        status: t("proposal-sending", { isWaiting }),
        word: "",
        canTakeBack: false,
      }));
    const [mine, others] = [true, false].map((is) =>
      open.filter(({ canTakeBack }) => canTakeBack === is),
    );
    return [...mine, ...sending, ...answered.reverse(), ...others];
  }

  /** @param {BoardState} state */
  #announceAnswers(state) {
    const before = this.#known;
    this.#known = new Map(state.ownProposals.map(({ id, state: is }) => [id, is]));
    for (const each of before ? state.ownProposals : []) {
      const { id, name, state: is, about, option, word } = each;
      if (is === "open" || before?.get(id) !== "open") continue;
      const answer = t("proposal-answered", {
        state: about === "criteria" && is === "accepted" ? "criterion" : is,
        name,
        option: nameOf(state, option),
      });
      this.#say(word ? t("proposal-answered-word", { answer, word }) : answer);
    }
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const { name, strapline } = this.#form.elements;
    if (!name.value.trim() || this.#live.state.proposingBlockedBy) return;
    this.#live.submit({
      type: "propose",
      proposal: newId(),
      name: name.value.trim(),
      strapline: strapline.value.trim().replaceAll(/\s+/g, " "),
    });
    this.#form.reset();
    this.#parts["proposal-fold"].open = false;
    this.#parts["proposal-fold"].querySelector("summary")?.focus({ preventScroll: true });
  }

  /** @param {string} proposal */
  #takeBack(proposal) {
    this.#live.submit({ type: "withdraw_proposal", proposal });
  }
}

/** @param {BoardState} state @param {string | null} option */
const nameOf = (state, option) =>
  optionsById(state).get(option ?? "")?.name ??
  state.board.criteria?.find(({ id }) => id === option)?.name ??
  option ??
  "";

/** @param {Wire.OwnProposal} of */
const stateOf = ({ state, about }) =>
  about === "criteria" && state === "accepted" ? "criterion" : state;

class Row {
  #parts;
  #id = "";
  #status = element("p", { className: "proposal-status small" });
  #word = element("p", { className: "proposal-word" });
  #takeBack;

  /** @param {HTMLElement | null} rendered @param {(id: string) => void} takeBack */
  constructor(rendered, takeBack) {
    this.element = rendered ?? fromTemplate("proposal");
    this.#parts = parts(this.element);
    this.#takeBack = element("button", {
      type: "button",
      className: "button button-quiet button-small",
      text: t("proposal-take-back"),
      on: { click: () => takeBack(this.#id) },
    });
    this.element.append(this.#status, this.#word, this.#takeBack);
  }

  /** @param {Shown} of */
  update({ id, name, strapline, proposer, status, word, canTakeBack }) {
    this.#id = id;
    setText(this.#parts.name, name);
    setText(this.#parts.strapline, strapline);
    show(this.#parts.strapline, Boolean(strapline));
    const isOthers = Boolean(proposer) && !status;
    setText(this.#parts.who, isOthers && proposer ? t("proposal-by", { name: proposer }) : "");
    show(this.#parts.who, isOthers);
    setText(this.#status, status);
    show(this.#status, Boolean(status));
    setText(this.#word, word ? t("proposal-word", { word }) : "");
    show(this.#word, Boolean(word));
    show(this.#takeBack, canTakeBack);
    this.#takeBack.setAttribute("aria-label", t("proposal-take-back-label", { name }));
  }
}
