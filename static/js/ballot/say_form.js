/** The form for a comment, a reply, or a change to either. */

import { element } from "../dom.js";
import { newId } from "../live/new_id.js";
import { words } from "../words.js";

const LONGEST = 2000;
/** The count is shown when the end comes near. */
const NEAR = 400;

export class SayForm {
  #text;
  #count;
  #kinds;
  #post;
  #before;
  #isClosed = false;

  /** `post(text, kind)` takes what was written; `cancel` is there where the form can be closed. */
  constructor({ label, text = "", withKind = false, action = words.post, post, cancel = null }) {
    const id = `say-${newId()}`;
    this.#text = element("textarea", { id, className: "input", value: text, placeholder: words.commentHint, rows: 1, on: { input: () => this.#weigh(), keydown: (event) => this.#pressed(event, cancel) } });
    this.#count = element("span", { className: "say-count hint num", id: `${id}-count` });
    this.#text.setAttribute("aria-describedby", this.#count.id);
    this.#before = text;
    this.#kinds = withKind ? kindChoice(id) : null;
    this.#post = element("button", { className: "button button-main button-small", text: action });
    const buttons = element("span", { className: "row" });
    if (cancel) buttons.append(element("button", { type: "button", className: "button button-quiet button-small", text: words.cancel, on: { click: cancel } }));
    buttons.append(this.#post);
    this.element = element(
      "form",
      { className: cancel ? "say say-inline" : "say", on: { submit: (event) => this.#submit(event, post) } },
      element("div", { className: "field" }, element("label", { htmlFor: id, className: "visually-hidden", text: label }), this.#text),
      this.#kinds,
      element("div", { className: "say-foot" }, this.#count, buttons),
    );
    this.#weigh();
  }

  focus() {
    this.#text.focus();
  }

  get hasText() {
    return this.#text.value.trim() !== "";
  }

  /** Nothing can be posted for now; what was written stays. */
  close(isClosed) {
    this.#isClosed = isClosed;
    this.#weigh();
  }

  /** Puts a text back that the server did not take, unless another one was begun. */
  restore(text) {
    if (!this.#text.value) this.#text.value = text;
    this.#weigh();
  }

  #weigh() {
    // Counted in characters as the server counts them, not in UTF-16 units.
    const left = LONGEST - [...this.#text.value.trim()].length;
    this.#count.textContent = left < NEAR ? words.charactersLeft(left) : "";
    this.#count.toggleAttribute("data-over", left < 0);
    this.#post.disabled = this.#isClosed || left < 0 || left === LONGEST;
  }

  #pressed(event, cancel) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#post.click();
    if (event.key === "Escape" && cancel && this.#text.value === this.#before) cancel();
  }

  #submit(event, post) {
    event.preventDefault();
    if (this.#post.disabled) return;
    const kind = this.#kinds?.querySelector(":checked").value ?? "note";
    post(this.#text.value.trim(), kind);
    this.#text.value = "";
    this.#weigh();
  }
}

function kindChoice(id) {
  const choice = element("fieldset", {}, element("legend", { className: "visually-hidden", text: words.kindOfComment }));
  const segments = element("div", { className: "segments" });
  for (const [kind, name] of Object.entries(words.kinds)) {
    segments.append(element("label", {}, element("input", { type: "radio", name: `${id}-kind`, value: kind, checked: kind === "pro" }), element("span", { text: name, data: { kind } })));
  }
  choice.append(segments);
  return choice;
}
