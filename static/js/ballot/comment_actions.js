/** What a voter can do with one comment: react, reply, and with an own one edit or delete. */

import { element, setText } from "../dom.js";
import { words } from "../words.js";
import { SayForm } from "./say_form.js";

const EMOJIS = ["👍", "❤️", "🎉", "🤔"];

export class CommentActions {
  #live;
  #own;
  #view;
  #comment = null;
  #reactions;
  #reply;
  #mine;
  #built = false;

  constructor(view, { live, own }) {
    this.#view = view;
    this.#live = live;
    this.#own = own;
  }

  update(comment, { isPending, isOpen }) {
    this.#comment = comment;
    if (!this.#built) this.#build();
    const { actions } = this.#view.parts;
    actions.hidden = isPending || comment.deleted || comment.hidden;
    for (const [emoji, button] of this.#reactions) this.#showReaction(emoji, button);
    this.#reply.hidden = Boolean(comment.parent) || !isOpen;
    for (const button of this.#mine) button.hidden = !this.#own.has(comment.id);
  }

  #build() {
    this.#built = true;
    const button = (text, click) => element("button", { type: "button", className: "button button-quiet", text, on: { click } });
    this.#reactions = EMOJIS.map((emoji) => {
      const face = element("button", { type: "button", className: "button button-quiet react", on: { click: () => this.#react(emoji) } }, emoji, element("span", { className: "num" }));
      return [emoji, face];
    });
    this.#reply = button(words.reply, () => this.#open(words.yourReply, "", words.reply, (text) => this.#sayReply(text)));
    this.#mine = [
      button(words.edit, () => this.#open(words.edit, this.#comment.text, words.save, (text) => this.#live.tell({ type: "edit_comment", comment: this.#comment.id, text }))),
      button(words.remove, () => this.#askDelete()),
    ];
    this.#view.parts.actions.append(...this.#reactions.map(([, face]) => face), this.#reply, element("span", { className: "row" }, ...this.#mine));
  }

  #showReaction(emoji, button) {
    const isOn = this.#own.has(this.#comment.id, emoji);
    const coming = this.#live.outbox.waiting("react").filter((message) => message.comment === this.#comment.id && message.emoji === emoji);
    const n = coming.reduce((sum, { on }) => sum + (on ? 1 : -1), this.#comment.reactions?.[emoji] ?? 0);
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("aria-label", words.react(emoji, Math.max(0, n), isOn));
    setText(button.lastElementChild, n > 0 ? String(n) : "");
  }

  #react(emoji) {
    const on = !this.#own.has(this.#comment.id, emoji);
    this.#own.set(on, this.#comment.id, emoji);
    this.#live.tell({ type: "react", comment: this.#comment.id, emoji, on });
  }

  #sayReply(text) {
    const comment = this.#own.newComment();
    this.#live.tell({ type: "comment", comment, option: this.#comment.option, kind: "note", text, parent: this.#comment.id });
  }

  #open(label, text, action, post) {
    const close = () => this.#view.parts.below.replaceChildren();
    const form = new SayForm({
      label,
      text,
      action,
      cancel: close,
      post: (said) => {
        post(said);
        close();
      },
    });
    this.#view.parts.below.replaceChildren(form.element);
    form.focus();
  }

  #askDelete() {
    const { below } = this.#view.parts;
    const yes = element("button", { type: "button", className: "button button-small button-danger", text: words.remove, on: { click: () => this.#live.tell({ type: "delete_comment", comment: this.#comment.id }) } });
    const no = element("button", { type: "button", className: "button button-quiet button-small", text: words.cancel, on: { click: () => below.replaceChildren() } });
    below.replaceChildren(element("div", { className: "row" }, element("span", { text: words.removeSure }), no, yes));
    no.focus();
  }
}
