/** One comment: kind, who, text, marks. What can be done with it is the page's affair. */

import { parts, setText } from "../dom.js";
import { richText } from "../rich_text.js";
import { facts, t } from "../words.js";

export class CommentView {
  /** @type {string | null} */
  #text = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.element = root;
    this.parts = parts(root);
  }

  /** `mayRead`: show the text although the host has hidden it (to the host).
   *
   *  @param {Wire.AnyComment} comment
   *  @param {{
   *    isPending?: boolean, isSealed?: boolean, mayRead?: boolean, optionName?: string,
   *  }} [of] `isSealed`: others may not read it yet
   */
  update(comment, { isPending = false, isSealed = false, mayRead = false, optionName = "" } = {}) {
    const { kind, option, who, mark } = this.parts;
    this.element.dataset.kind = comment.kind ?? "";
    this.element.toggleAttribute("data-pending", isPending);
    this.element.toggleAttribute("data-hidden", Boolean(comment.hidden || comment.deleted));
    setText(
      kind,
      comment.deleted || comment.parent ? "" : t("comment-kind", { kind: comment.kind }),
    );
    setText(option, optionName);
    setText(who, comment.deleted ? "" : (comment.name ?? t("talk-anonymous")));
    this.element.toggleAttribute("data-sealed", isSealed);
    setText(mark, marks(comment, isPending, isSealed));
    this.#say(
      comment.deleted
        ? t("talk-deleted")
        : comment.hidden && !mayRead
          ? t("talk-hidden")
          : comment.text,
    );
  }

  /** @param {string} text */
  #say(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.parts.text.replaceChildren(richText(text));
  }
}

/** @param {Wire.AnyComment} comment @param {boolean} isPending @param {boolean} isSealed */
function marks(comment, isPending, isSealed) {
  return facts([
    isSealed && t("comment-mark", { mark: "sealed" }),
    isPending && t("comment-mark", { mark: "sending" }),
    comment.pinned && t("comment-mark", { mark: "pinned" }),
    comment.hidden && t("comment-mark", { mark: "hidden" }),
    comment.alone && !comment.hidden && t("comment-mark", { mark: "alone" }),
    comment.edited_at && t("comment-mark", { mark: "edited" }),
  ]);
}
