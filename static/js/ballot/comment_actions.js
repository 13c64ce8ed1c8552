/** What a voter can do with one comment: react, reply, say that it moved
 *  them, and with an own one edit or delete. */

import { element, keepFocus, setText, show, takeFocus } from "../dom.js";
import { t } from "../words.js";
import { CommentForm } from "./comment_form.js";

/** The first is always shown; the others where they were used, or on request. */
/** @type {Record<string, Words.Messages["comment-reaction"]["reaction"]>} */
const REACTIONS = { "👍": "thumbs-up", "❤️": "heart", "🎉": "party", "🤔": "thinking" };
const EMOJIS = Object.keys(REACTIONS);

/** The comment that moved this person, also while that is on its way; null if they named none, and
 *  undefined while no one is asked.
 *
 *  @param {LiveBoard} of
 */
export function whatMoved({ state, outbox }) {
  if (!state.asksWhatMoved) return undefined;
  const coming = outbox.waiting("moved_by").findLast(({ round }) => round === state.round?.n);
  return coming ? coming.comment : state.ownMovedBy;
}

export class CommentActions {
  #live;
  #contributions;
  #view;
  /** @type {ShownEntry | null} */
  #entry = null;
  /** The buttons, built for the first comment that is shown.
   *  @type {{
   *    reactions: (readonly [string, HTMLButtonElement])[],
   *    more: HTMLElement, moved: HTMLElement, reply: HTMLElement, edit: HTMLElement,
   *    remove: HTMLElement,
   *  } | null} */
  #nodes = null;
  #showsAll = false;

  /** @param {CommentView} view @param {Pick<TalkTools, "live" | "contributions">} of */
  constructor(view, { live, contributions }) {
    this.#view = view;
    this.#live = live;
    this.#contributions = contributions;
  }

  /** @param {ShownEntry} entry */
  update(entry) {
    this.#entry = entry;
    keepFocus(
      this.#view.parts.actions,
      () => this.#show(entry),
      () => this.#view.element,
    );
  }

  /** @param {ShownEntry} entry */
  #show(entry) {
    const { comment, isPending, isSealed = false, isOpen = false } = entry;
    this.#nodes ??= this.#build();
    const nodes = this.#nodes;
    const isOwn = this.#contributions.has(comment.id);
    const isReadable = !comment.hidden && !comment.deleted && !isSealed;
    // While comments are hidden until the reveal, one that everyone can read stays as it is.
    const isFixed = Boolean(this.#live.state.sealed) && !isSealed;
    show(this.#view.parts.actions, !isPending && !comment.deleted && (isReadable || isOwn));
    for (const [emoji, button] of nodes.reactions) this.#showReaction(emoji, button);
    show(nodes.more, isReadable && isOpen && !this.#showsAll);
    const moved = whatMoved(this.#live);
    show(nodes.moved, moved !== undefined && isReadable && !isOwn);
    nodes.moved.setAttribute("aria-pressed", String(moved === comment.id));
    show(nodes.reply, isReadable && isOpen && !comment.parent);
    show(nodes.edit, !comment.hidden && !comment.deleted && isOpen && isOwn && !isFixed);
    show(nodes.remove, isOwn);
  }

  /** Puts a text back that the server did not take.
   *
   *  @param {Returned} of
   */
  restore({ type, text }) {
    if (type === "edit_comment") this.#startEdit(text);
    else this.#startReply(text);
  }

  get #comment() {
    return /** @type {ShownEntry} */ (this.#entry).comment;
  }

  #build() {
    /** @param {string} text @param {() => void} click */
    const button = (text, click) =>
      element("button", { type: "button", className: "button button-quiet", text, on: { click } });
    const reactions = EMOJIS.map((emoji) => {
      const face = element(
        "button",
        { type: "button", className: "react", on: { click: () => this.#react(emoji) } },
        emoji,
        element("span", { className: "num" }),
      );
      return /** @type {const} */ ([emoji, face]);
    });
    const more = element(
      "button",
      {
        type: "button",
        className: "react react-more",
        "aria-label": t("talk-more-reactions"),
        on: { click: () => this.#showAll() },
      },
      "☺",
      element("span", { text: "+" }),
    );
    const moved = button(t("comment-moved-me"), () => this.#sayMoved());
    moved.title = t("comment-moved-me-hint");
    const reply = button(t("talk-reply"), () => this.#startReply("", reply));
    const edit = button(t("comment-edit"), () => this.#startEdit(this.#comment.text, edit));
    const remove = button(t("comment-delete"), () => this.#askDelete(remove));
    this.#view.parts.actions.append(
      ...reactions.map(([, face]) => face),
      more,
      moved,
      reply,
      edit,
      remove,
    );
    return { reactions, more, moved, reply, edit, remove };
  }

  #showAll() {
    this.#showsAll = true;
    if (this.#entry) this.update(this.#entry);
    this.#nodes?.reactions.find(([emoji]) => !this.#countOf(emoji))?.[1].focus();
  }

  /** @param {string} emoji */
  #countOf(emoji) {
    const coming = this.#live.outbox
      .waiting("react")
      .filter((message) => message.comment === this.#comment.id && message.emoji === emoji);
    return coming.reduce(
      (sum, { on }) => sum + (on ? 1 : -1),
      this.#comment.reactions?.[emoji] ?? 0,
    );
  }

  /** @param {string} emoji @param {HTMLButtonElement} button */
  #showReaction(emoji, button) {
    const isOn = this.#contributions.has(this.#comment.id, emoji);
    const n = Math.max(0, this.#countOf(emoji));
    const isOpen = this.#entry?.isOpen ?? false;
    show(
      button,
      !this.#comment.hidden &&
        !this.#entry?.isSealed &&
        (n > 0 || (isOpen && (emoji === EMOJIS[0] || this.#showsAll))),
    );
    button.disabled = !isOpen;
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute(
      "aria-label",
      t(isOn ? "comment-reaction-yours" : "comment-reaction", { reaction: REACTIONS[emoji], n }),
    );
    setText(button.lastElementChild, n > 0 ? String(n) : "");
  }

  /** @param {string} emoji */
  #react(emoji) {
    const on = !this.#contributions.has(this.#comment.id, emoji);
    this.#contributions.set(on, this.#comment.id, emoji);
    this.#live.submit({ type: "react", comment: this.#comment.id, emoji, on });
  }

  #sayMoved() {
    const { round } = this.#live.state;
    const { id } = this.#comment;
    const comment = whatMoved(this.#live) === id ? null : id;
    if (round) this.#live.submit({ type: "moved_by", round: round.n, comment });
  }

  /** @param {string} text @param {HTMLElement} [from] */
  #startReply(text, from = this.#nodes?.reply) {
    /** @param {string} said */
    const post = (said) =>
      this.#live.submit({
        type: "comment",
        comment: this.#contributions.newComment(),
        option: this.#comment.option,
        kind: "note",
        text: said,
        parent: this.#comment.id,
      });
    this.#write({ label: t("comment-your-reply"), text, action: t("talk-reply"), post }, from);
  }

  /** In the place of the text that is changed.
   *
   *  @param {string} [text]
   *  @param {HTMLElement} [from]
   */
  #startEdit(text = "", from = this.#nodes?.edit) {
    /** @param {string} said */
    const post = (said) =>
      this.#live.submit({ type: "edit_comment", comment: this.#comment.id, text: said });
    this.#write({ label: t("comment-edit"), text, action: t("comment-save"), post }, from);
    this.#view.element.toggleAttribute("data-edits", true);
  }

  /**
   *  @param {{ label: string, text: string, action: string, post: (text: string) => void }} form
   *  @param {HTMLElement} [from]
   */
  #write(form, from) {
    const written = new CommentForm({
      ...form,
      cancel: () => this.#close(from),
      post: (said) => {
        form.post(said);
        this.#close(from);
      },
    });
    this.#view.element.toggleAttribute("data-edits", false);
    this.#view.parts.below.replaceChildren(written.element);
    written.focus();
  }

  /** @param {HTMLElement} [from] what has the focus afterwards */
  #close(from) {
    this.#view.parts.below.replaceChildren();
    this.#view.element.toggleAttribute("data-edits", false);
    from?.focus();
  }

  /** @param {HTMLElement} from */
  #askDelete(from) {
    const gone = () => {
      takeFocus(this.#view.element);
      this.#live.submit({ type: "delete_comment", comment: this.#comment.id });
      this.#view.parts.below.replaceChildren();
    };
    const yes = element("button", {
      type: "button",
      className: "button button-small button-danger",
      text: t("comment-delete"),
      on: { click: gone },
    });
    const no = element("button", {
      type: "button",
      className: "button button-small",
      text: t("host-cancel"),
      on: { click: () => this.#close(from) },
    });
    this.#view.parts.below.replaceChildren(
      element(
        "div",
        { className: "confirm", role: "group", "aria-label": t("comment-delete-sure") },
        element("p", { text: t("comment-delete-sure") }),
        element("div", { className: "row" }, no, yes),
      ),
    );
    no.focus();
  }
}
