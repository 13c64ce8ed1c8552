/** All comments, the newest first, with the host's two handles: hide and pin. */

import { CommentView } from "../board/comment_view.js";
import { optionsById } from "../board/votable.js";
import { element, fromTemplate, setHue, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";

export class Talk {
  #parts;
  #list;
  #stamp = null;

  /** `handle(type, comment, on)` hides or pins. */
  constructor(page, handle) {
    this.#parts = page;
    page.comments.replaceChildren();
    this.#list = new KeyedList(page.comments, { key: ({ comment }) => comment.id, make: () => new Said(handle) });
  }

  update(state) {
    const stamp = `${state.said} ${JSON.stringify(state.board.options)}`;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const options = optionsById(state);
    const said = [...state.comments.values()].filter((comment) => !comment.deleted).sort((a, b) => b.at - a.at);
    setText(this.#parts["comments-count"], String(said.length));
    show(this.#parts["no-comments"], !said.length);
    this.#list.render(said.map((comment) => ({ comment, option: options.get(comment.option) })));
  }
}

class Said {
  #view = new CommentView(fromTemplate("comment"));
  #comment = null;
  #pin;
  #hide;

  constructor(handle) {
    this.element = this.#view.element;
    this.element.classList.add("option");
    const button = (click) => element("button", { type: "button", className: "button button-quiet", on: { click } });
    this.#pin = button(() => handle("pin_comment", this.#comment.id, !this.#comment.pinned));
    this.#hide = button(() => handle("hide_comment", this.#comment.id, !this.#comment.hidden));
    this.#view.parts.actions.append(this.#pin, this.#hide);
  }

  update({ comment, option }) {
    this.#comment = comment;
    setHue(this.element, option?.hue);
    this.#view.update(comment, { mayRead: true, optionName: option?.name ?? "" });
    setText(this.#pin, comment.pinned ? words.host.unpin : words.host.pin);
    setText(this.#hide, comment.hidden ? words.host.unhide : words.host.hide);
  }
}
