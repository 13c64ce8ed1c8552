/** The talk on the shared screen: pinned first, then the newest. */

import { fromTemplate, parts, setHue, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { richText } from "../rich_text.js";
import { t } from "../words.js";
import { optionsById } from "../board/votable.js";

/** More than this never fits. */
const MOST = 8;

export class LatestComments {
  #list;
  /** @type {{ commentsVersion?: number, board?: Wire.BoardView }} */
  #known = {};

  /** @param {HTMLElement} root */
  constructor(root) {
    root.replaceChildren();
    this.#list = new KeyedList(root, { key: ({ comment }) => comment.id, make: () => new Line() });
  }

  /** @param {BoardState} state */
  update(state) {
    const { commentsVersion, board } = state;
    if (commentsVersion === this.#known.commentsVersion && board === this.#known.board) return;
    this.#known = { commentsVersion, board };
    const options = optionsById(state);
    const shown = [...state.comments.values()]
      .filter((comment) => !comment.deleted && !comment.hidden && options.has(comment.option))
      .reverse()
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || (b.at ?? 0) - (a.at ?? 0))
      .slice(0, MOST);
    this.#list.render(shown.map((comment) => ({ comment, option: options.get(comment.option) })));
  }
}

class Line {
  element = fromTemplate("latest-comment");
  #parts = parts(this.element);
  /** @type {string | null} */
  #text = null;

  /** @param {{ comment: Wire.CommentView, option: Wire.Option }} of */
  update({ comment, option }) {
    setHue(this.element, option.hue);
    this.element.dataset.kind = comment.kind;
    setText(this.#parts.option, option.name);
    setText(
      this.#parts.kind,
      comment.parent ? t("talk-reply") : t("comment-kind", { kind: comment.kind }),
    );
    setText(this.#parts.who, comment.name ?? t("talk-anonymous"));
    setText(this.#parts.mark, comment.pinned ? ` · ${t("comment-mark", { mark: "pinned" })}` : "");
    if (comment.text === this.#text) return;
    this.#text = comment.text;
    this.#parts.text.replaceChildren(richText(comment.text, { links: false }));
  }
}
