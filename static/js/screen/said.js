/** The talk on the shared screen: pinned first, then the newest. */

import { fromTemplate, parts, setHue, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { richText } from "../rich_text.js";
import { words } from "../words.js";
import { optionsById } from "../board/votable.js";

/** More than this never fits. */
const MOST = 8;

export class Said {
  #list;
  #known = {};

  constructor(root) {
    root.replaceChildren();
    this.#list = new KeyedList(root, { key: ({ comment }) => comment.id, make: () => new Line() });
  }

  update(state) {
    const { said, board } = state;
    if (said === this.#known.said && board === this.#known.board) return;
    this.#known = { said, board };
    const options = optionsById(state);
    const shown = [...state.comments.values()]
      .filter((comment) => !comment.deleted && !comment.hidden && options.has(comment.option))
      .reverse()
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.at - a.at)
      .slice(0, MOST);
    this.#list.render(shown.map((comment) => ({ comment, option: options.get(comment.option) })));
  }
}

class Line {
  element = fromTemplate("said");
  #parts = parts(this.element);
  #text = null;

  update({ comment, option }) {
    setHue(this.element, option.hue);
    this.element.dataset.kind = comment.kind;
    setText(this.#parts.option, option.name);
    setText(this.#parts.kind, comment.parent ? words.talk.answer : words.kinds[comment.kind]);
    setText(this.#parts.who, comment.name ?? words.anonymous);
    setText(this.#parts.mark, comment.pinned ? ` · ${words.pinned}` : "");
    if (comment.text === this.#text) return;
    this.#text = comment.text;
    this.#parts.text.replaceChildren(richText(comment.text, { links: false }));
  }
}
