/** All comments, with the host's two handles: hide and pin. */

import { optionsById } from "../board/votable.js";
import { element, setText, show } from "../dom.js";
import { countsOf } from "../talk/counts.js";
import { CommentPager } from "../talk/comment_pager.js";
import { TalkList } from "../talk/talk_list.js";
import { Thread } from "../talk/thread.js";
import { Threads } from "../talk/threads.js";
import { t } from "../words.js";
import { ArgumentDialog } from "./argument.js";

export class Talk {
  #parts;
  #live;
  #threads = new Threads();
  #list;
  /** @type {{ threads?: CommentThread[], board?: Wire.BoardView }} */
  #known = {};

  /** `handle(type, comment, on)` hides or pins.
   *
   *  @param {Parts} page
   *  @param {LiveBoard} live
   *  @param {Handle} handle
   */
  constructor(page, live, handle) {
    this.#parts = page;
    this.#live = live;
    const argument = new ArgumentDialog(live);
    const pager = new CommentPager(live, document.body.dataset.code ?? "", { isHost: true });
    this.#list = new TalkList({
      pager,
      make: () =>
        new Thread({ pager, act: (view) => new Moderation(view, handle, argument), mayRead: true }),
    });
    page.comments.replaceChildren(this.#list.element);
  }

  /** @param {BoardState} state */
  update(state) {
    this.#threads.update(this.#live);
    const threads = this.#threads.of();
    const { board } = state;
    if (this.#known.threads === threads && this.#known.board === board) return;
    this.#known = { threads, board };
    const counts = countsOf(state, null, threads);
    setText(this.#parts["comments-count"], String(counts.comments));
    const n = state.sealed?.count ?? 0;
    show(this.#parts.sealed, n > 0);
    setText(this.#parts.sealed, t("talk-sealed-all", { n }));
    show(this.#parts["no-comments"], !threads.length);
    show(this.#parts["comments-closed"], board.settings.comments === "closed");
    const options = optionsById(state);
    this.#list.update({
      threads: threads.map((thread) => ({ ...thread, option: options.get(thread.comment.option) })),
      counts,
      options: board.options,
    });
  }
}

class Moderation {
  #view;
  /** @type {Wire.AnyComment | null} */
  #comment = null;
  #support;
  #pin;
  #hide;
  #argue;

  /** @param {CommentView} view @param {Handle} handle @param {ArgumentDialog} argument */
  constructor(view, handle, argument) {
    this.#view = view;
    /** @param {() => void} click */
    const button = (click) =>
      element("button", { type: "button", className: "button button-quiet", on: { click } });
    this.#support = element("span", { className: "soft num" });
    this.#pin = button(
      () => this.#comment && handle("pin_comment", this.#comment.id, !this.#comment.pinned),
    );
    this.#hide = button(
      () => this.#comment && handle("hide_comment", this.#comment.id, !this.#comment.hidden),
    );
    this.#argue = button(() => this.#comment && argument.open(this.#comment));
    view.parts.actions.append(this.#support, this.#pin, this.#hide, this.#argue);
  }

  /** @param {Entry} of */
  update({ comment, isSealed = false }) {
    this.#comment = comment;
    show(this.#view.parts.actions, !comment.deleted && !isSealed);
    setText(
      this.#support,
      Object.entries(comment.reactions ?? {})
        .map(([emoji, n]) => `${emoji} ${n}`)
        .join("  "),
    );
    setText(this.#pin, t(comment.pinned ? "host-unpin" : "host-pin"));
    setText(this.#hide, t(comment.hidden ? "host-unhide" : "host-hide"));
    setText(this.#argue, t("host-argument", { side: comment.argument?.side ?? "none" }));
    show(this.#argue, !comment.hidden);
  }
}
