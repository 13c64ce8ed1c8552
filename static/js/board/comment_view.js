/** One comment: kind, who, text, marks. What can be done with it is the page's affair. */

import { parts, setText } from "../dom.js";
import { richText } from "../rich_text.js";
import { words } from "../words.js";

export class CommentView {
  #text = null;

  constructor(root) {
    this.element = root;
    this.parts = parts(root);
  }

  /** `mayRead`: show the text although the host has hidden it (to the host). */
  update(comment, { isPending = false, mayRead = false, optionName = "" } = {}) {
    const { kind, option, who, mark } = this.parts;
    this.element.dataset.kind = comment.kind ?? "";
    this.element.toggleAttribute("data-pending", isPending);
    this.element.toggleAttribute("data-hidden", Boolean(comment.hidden || comment.deleted));
    setText(kind, comment.parent || comment.deleted ? "" : (words.kinds[comment.kind] ?? ""));
    setText(option, optionName);
    setText(who, comment.deleted ? "" : (comment.name ?? words.anonymous));
    setText(mark, marks(comment, isPending));
    this.#say(comment.deleted ? words.deletedComment : comment.hidden && !mayRead ? words.hiddenComment : comment.text);
  }

  #say(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.parts.text.replaceChildren(richText(text));
  }
}

function marks(comment, isPending) {
  return [isPending && words.sending, comment.pinned && words.pinned, comment.hidden && words.hiddenMark, comment.edited_at && words.edited].filter(Boolean).join(" · ");
}
