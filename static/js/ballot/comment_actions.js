/** What a voter can do with one comment: react, reply, and with an own one edit or delete. */

import { element, setText, show } from "../dom.js";
import { words } from "../words.js";
import { SayForm } from "./say_form.js";

/** The first is always at hand; the others where somebody gave them, or when asked for. */
const EMOJIS = ["👍", "❤️", "🎉", "🤔"];

export class CommentActions {
  #live;
  #own;
  #view;
  #entry = null;
  #reactions;
  #more;
  #reply;
  #edit;
  #delete;
  #showsAll = false;
  #built = false;

  constructor(view, { live, own }) {
    this.#view = view;
    this.#live = live;
    this.#own = own;
  }

  update(entry) {
    this.#entry = entry;
    const { comment, isPending, isOpen } = entry;
    if (!this.#built) this.#build();
    const isOwn = this.#own.has(comment.id);
    const isReadable = !comment.hidden && !comment.deleted;
    show(this.#view.parts.actions, !isPending && !comment.deleted && (isReadable || isOwn));
    for (const [emoji, button] of this.#reactions) this.#showReaction(emoji, button);
    show(this.#more, isReadable && isOpen && !this.#showsAll);
    show(this.#reply, isReadable && isOpen && !comment.parent);
    show(this.#edit, isReadable && isOpen && isOwn);
    show(this.#delete, isOwn);
  }

  /** Puts a text back that the server did not take. */
  restore({ type, text }) {
    if (type === "edit_comment") this.#startEdit(text);
    else this.#startReply(text);
  }

  get #comment() {
    return this.#entry.comment;
  }

  #build() {
    this.#built = true;
    const button = (text, click) => element("button", { type: "button", className: "button button-quiet", text, on: { click } });
    this.#reactions = EMOJIS.map((emoji) => {
      const face = element("button", { type: "button", className: "react", on: { click: () => this.#react(emoji) } }, emoji, element("span", { className: "num" }));
      return [emoji, face];
    });
    this.#more = element("button", { type: "button", className: "react react-more", "aria-label": words.talk.moreReactions, on: { click: () => this.#showAll() } }, "☺", element("span", { text: "+" }));
    this.#reply = button(words.reply, () => this.#startReply());
    this.#edit = button(words.edit, () => this.#startEdit());
    this.#delete = button(words.remove, () => this.#askDelete());
    this.#view.parts.actions.append(...this.#reactions.map(([, face]) => face), this.#more, this.#reply, this.#edit, this.#delete);
  }

  #showAll() {
    this.#showsAll = true;
    this.update(this.#entry);
    this.#reactions.find(([emoji]) => !this.#countOf(emoji))?.[1].focus();
  }

  #countOf(emoji) {
    const coming = this.#live.outbox.waiting("react").filter((message) => message.comment === this.#comment.id && message.emoji === emoji);
    return coming.reduce((sum, { on }) => sum + (on ? 1 : -1), this.#comment.reactions?.[emoji] ?? 0);
  }

  #showReaction(emoji, button) {
    const isOn = this.#own.has(this.#comment.id, emoji);
    const n = Math.max(0, this.#countOf(emoji));
    show(button, !this.#comment.hidden && (n > 0 || (this.#entry.isOpen && (emoji === EMOJIS[0] || this.#showsAll))));
    button.disabled = !this.#entry.isOpen;
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("aria-label", words.react(emoji, n, isOn));
    setText(button.lastElementChild, n > 0 ? String(n) : "");
  }

  #react(emoji) {
    const on = !this.#own.has(this.#comment.id, emoji);
    this.#own.set(on, this.#comment.id, emoji);
    this.#live.tell({ type: "react", comment: this.#comment.id, emoji, on });
  }

  #startReply(text = "") {
    const post = (said) => this.#live.tell({ type: "comment", comment: this.#own.newComment(), option: this.#comment.option, kind: "note", text: said, parent: this.#comment.id });
    this.#write({ label: words.yourReply, text, action: words.reply, post }, this.#reply);
  }

  /** In the place of the words that are changed. */
  #startEdit(text = this.#comment.text) {
    const post = (said) => this.#live.tell({ type: "edit_comment", comment: this.#comment.id, text: said });
    this.#write({ label: words.edit, text, action: words.save, post }, this.#edit);
    this.#view.element.toggleAttribute("data-edits", true);
  }

  #write(form, from) {
    const say = new SayForm({
      ...form,
      cancel: () => this.#close(from),
      post: (said) => {
        form.post(said);
        this.#close(from);
      },
    });
    this.#view.element.toggleAttribute("data-edits", false);
    this.#view.parts.below.replaceChildren(say.element);
    say.focus();
  }

  #close(from) {
    this.#view.parts.below.replaceChildren();
    this.#view.element.toggleAttribute("data-edits", false);
    from.focus();
  }

  #askDelete() {
    const gone = () => {
      this.#live.tell({ type: "delete_comment", comment: this.#comment.id });
      this.#view.parts.below.replaceChildren();
    };
    const yes = element("button", { type: "button", className: "button button-small button-danger", text: words.remove, on: { click: gone } });
    const no = element("button", { type: "button", className: "button button-small", text: words.cancel, on: { click: () => this.#close(this.#delete) } });
    this.#view.parts.below.replaceChildren(element("div", { className: "confirm", role: "group", "aria-label": words.removeSure }, element("p", { text: words.removeSure }), element("div", { className: "row" }, no, yes)));
    no.focus();
  }
}
