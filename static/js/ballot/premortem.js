/** A pre-mortem: why an option has failed, as if it had. Everyone writes before they read. */

import { optionsById } from "../board/votable.js";
import { element, keepFocus, setText, show } from "../dom.js";
import { t } from "../words.js";

export class Premortem {
  #root;
  #talk;
  #title = element("h2", {});
  #hint = element("p", { className: "soft small num" });
  #own = element("ul", { className: "stance-risks" });
  #reason = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { className: "input", id: "premortem-reason", rows: "2", required: true })
  );
  #form;

  /** @param {HTMLElement} root @param {TalkTools} talk */
  constructor(root, talk) {
    this.#root = root;
    this.#talk = talk;
    this.#reason.maxLength = Number(document.body.dataset.longestComment);
    const label = element("label", { text: t("premortem-reason") });
    label.setAttribute("for", "premortem-reason");
    this.#form = element(
      "form",
      { className: "field", on: { submit: (/** @type {Event} */ event) => this.#submit(event) } },
      label,
      this.#reason,
      element("button", { className: "button button-main", text: t("premortem-send") }),
    );
    root.replaceChildren(this.#title, this.#hint, this.#form, this.#own);
  }

  /** @param {BoardState} state */
  update(state) {
    const { premortem } = state.board;
    keepFocus(
      this.#root,
      () => show(this.#root, Boolean(premortem)),
      () => document.body,
    );
    if (!premortem) return;
    const isOpen = premortem.revealed_at === null;
    const option = optionsById(state).get(premortem.option)?.name ?? premortem.option;
    setText(this.#title, t("premortem-title", { option }));
    setText(
      this.#hint,
      isOpen
        ? t("premortem-hint", { n: state.sealed?.count ?? 0 })
        : t("premortem-shown", { option }),
    );
    show(this.#form, isOpen && !state.commentingBlockedBy);
    const said = isOpen
      ? state.ownSealed
      : [...state.comments.values()].filter(
          (comment) => !comment.deleted && comment.premortem && !comment.hidden,
        );
    this.#own.replaceChildren(
      ...said.map((comment) => element("li", { text: comment.text ?? "" })),
    );
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const { live, contributions } = this.#talk;
    const { premortem } = live.state.board;
    const text = this.#reason.value.trim();
    if (!premortem || !text) return;
    const comment = contributions.newComment();
    live.submit({ type: "comment", comment, option: premortem.option, kind: "risk", text });
    this.#reason.value = "";
  }
}
