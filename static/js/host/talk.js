/** All comments, with the host's two handles: hide and pin. */

import { optionsById } from "../board/votable.js";
import { element, setText, show } from "../dom.js";
import { countsOf } from "../talk/counts.js";
import { Older } from "../talk/older.js";
import { TalkList } from "../talk/talk_list.js";
import { Thread } from "../talk/thread.js";
import { Threads } from "../talk/threads.js";
import { words } from "../words.js";

export class Talk {
  #parts;
  #live;
  #threads = new Threads();
  #list;
  #known = {};

  /** `handle(type, comment, on)` hides or pins. */
  constructor(page, live, handle) {
    this.#parts = page;
    this.#live = live;
    const older = new Older(live, document.body.dataset.code, { isHost: true });
    this.#list = new TalkList({ older, make: () => new Thread({ older, act: (view) => new Handles(view, handle), mayRead: true }) });
    page.comments.replaceChildren(this.#list.element);
  }

  update(state) {
    this.#threads.update(this.#live);
    const threads = this.#threads.of();
    const { board } = state;
    if (this.#known.threads === threads && this.#known.board === board) return;
    this.#known = { threads, board };
    const counts = countsOf(state, null, threads);
    setText(this.#parts["comments-count"], String(counts.comments));
    show(this.#parts["no-comments"], !threads.length);
    show(this.#parts["comments-closed"], board.settings.comments === "closed");
    const options = optionsById(state);
    this.#list.update({ threads: threads.map((thread) => ({ ...thread, option: options.get(thread.comment.option) })), counts, options: board.options });
  }
}

class Handles {
  #view;
  #comment = null;
  #support;
  #pin;
  #hide;

  constructor(view, handle) {
    this.#view = view;
    const button = (click) => element("button", { type: "button", className: "button button-quiet", on: { click } });
    this.#support = element("span", { className: "soft num" });
    this.#pin = button(() => handle("pin_comment", this.#comment.id, !this.#comment.pinned));
    this.#hide = button(() => handle("hide_comment", this.#comment.id, !this.#comment.hidden));
    view.parts.actions.append(this.#support, this.#pin, this.#hide);
  }

  update({ comment }) {
    this.#comment = comment;
    show(this.#view.parts.actions, !comment.deleted);
    setText(this.#support, Object.entries(comment.reactions ?? {}).map(([emoji, n]) => `${emoji} ${n}`).join("  "));
    setText(this.#pin, comment.pinned ? words.host.unpin : words.host.pin);
    setText(this.#hide, comment.hidden ? words.host.unhide : words.host.hide);
  }
}
