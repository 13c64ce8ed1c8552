/** The form for a comment, a reply, or a change to either. */

import { element, keepFocus } from "../dom.js";
import { newId } from "../live/new_id.js";
import { KINDS } from "../talk/counts.js";
import { t } from "../words.js";

/** In characters, as the server's limit stands in the page. */
const longest = () => Number(document.body.dataset.longestComment);
/** The count is shown when the end comes near. */
const NEAR = 400;

export class CommentForm {
  #text;
  #count;
  #kinds;
  #post;
  #before;
  #isClosed = false;

  /** `post(text, kind)` takes what was written; `cancel` is there where the form can be closed.
   *
   *  @param {{
   *    label: string, text?: string, withKind?: boolean, action?: string,
   *    post: (text: string, kind: Wire.Kind) => void, cancel?: (() => void) | null,
   *  }} of
   */
  constructor({
    label,
    text = "",
    withKind = false,
    action = t("comment-post"),
    post,
    cancel = null,
  }) {
    const id = `comment-form-${newId()}`;
    this.#text = element("textarea", {
      id,
      className: "input",
      value: text,
      placeholder: t("comment-hint"),
      rows: 1,
      on: { input: () => this.#weigh(), keydown: (event) => this.#pressed(event, cancel) },
    });
    this.#count = element("span", { className: "comment-form-count hint num", id: `${id}-count` });
    this.#text.setAttribute("aria-describedby", this.#count.id);
    this.#before = text;
    this.#kinds = withKind ? kindChoice(id) : null;
    this.#post = element("button", { className: "button button-main button-small", text: action });
    const buttons = element("span", { className: "row" });
    if (cancel)
      buttons.append(
        element("button", {
          type: "button",
          className: "button button-quiet button-small",
          text: t("host-cancel"),
          on: { click: cancel },
        }),
      );
    buttons.append(this.#post);
    this.element = element(
      "form",
      {
        className: cancel ? "comment-form comment-form-inline" : "comment-form",
        on: { submit: (event) => this.#submit(event, post) },
      },
      element(
        "div",
        { className: "field" },
        element("label", { htmlFor: id, className: "visually-hidden", text: label }),
        this.#text,
      ),
      this.#kinds,
      element("div", { className: "comment-form-foot" }, this.#count, buttons),
    );
    this.#weigh();
  }

  focus() {
    this.#text.focus();
  }

  get hasText() {
    return this.#text.value.trim() !== "";
  }

  /** Nothing can be posted for now; what was written stays.
   *
   *  @param {boolean} isClosed
   */
  close(isClosed) {
    this.#isClosed = isClosed;
    this.#weigh();
  }

  /** Puts a text back that the server did not take, unless another one was begun.
   *
   *  @param {string} text
   */
  restore(text) {
    if (!this.#text.value) this.#text.value = text;
    this.#weigh();
  }

  #weigh() {
    // Counted in characters as the server counts them, not in UTF-16 units.
    const left = longest() - [...this.#text.value.trim()].length;
    this.#count.textContent =
      left >= NEAR
        ? ""
        : left >= 0
          ? t("comment-left", { n: left })
          : t("comment-over", { n: -left });
    this.#count.toggleAttribute("data-over", left < 0);
    const isOff = this.#isClosed || left < 0 || !this.hasText;
    keepFocus(this.#post, () => (this.#post.disabled = isOff), this.#text);
  }

  /** @param {KeyboardEvent} event @param {(() => void) | null} cancel */
  #pressed(event, cancel) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#post.click();
    if (event.key === "Escape" && cancel && this.#text.value === this.#before) cancel();
  }

  /** @param {SubmitEvent} event @param {(text: string, kind: Wire.Kind) => void} post */
  #submit(event, post) {
    event.preventDefault();
    if (this.#post.disabled) return;
    const kind = this.#kinds ? chosenIn(this.#kinds) : "note";
    post(this.#text.value.trim(), kind);
    this.#text.value = "";
    this.#weigh();
  }
}

/** @param {HTMLElement} kinds @returns {Wire.Kind} */
function chosenIn(kinds) {
  const input = /** @type {HTMLInputElement} */ (kinds.querySelector(":checked"));
  return /** @type {Wire.Kind} */ (input.value);
}

/** @param {string} id of the form */
function kindChoice(id) {
  const choice = element(
    "fieldset",
    {},
    element("legend", { className: "visually-hidden", text: t("comment-kind-choice") }),
  );
  const segments = element("div", { className: "segments" });
  for (const kind of KINDS) {
    segments.append(
      element(
        "label",
        {},
        element("input", {
          type: "radio",
          name: `${id}-kind`,
          value: kind,
          checked: kind === "pro",
        }),
        element("span", { text: t("comment-kind", { kind }), data: { kind } }),
      ),
    );
  }
  choice.append(segments);
  return choice;
}
