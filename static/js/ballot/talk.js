/** The talk about one option. Built when it is opened for the first time: a board can have
 *  thousands of comments, and a phone shows those of one card. */

import { element, setText, show } from "../dom.js";
import { countsOf } from "../talk/counts.js";
import { TalkCount } from "../talk/talk_count.js";
import { TalkList } from "../talk/talk_list.js";
import { Thread } from "../talk/thread.js";
import { words } from "../words.js";
import { CommentActions } from "./comment_actions.js";
import { SayForm } from "./say_form.js";

export class Talk {
  #root;
  #parts;
  #talk;
  #option = null;
  #threads = null;
  #silent = null;
  #count;
  #list = null;
  #form = null;
  #closed = null;

  /** `talk` has `live`, `own` and `older`. */
  constructor(root, parts, talk) {
    this.#root = root;
    this.#parts = parts;
    this.#talk = talk;
    this.#count = new TalkCount(parts["talk-count"], parts["talk-kinds"]);
    root.addEventListener("toggle", () => root.open && this.#open());
  }

  /** `threads` are those on this option, with what is on its way. */
  update(option, threads) {
    const { silent } = this.#talk.live.state;
    if (threads === this.#threads && option === this.#option && silent === this.#silent) return;
    this.#option = option;
    this.#threads = threads;
    this.#silent = silent;
    this.#count.update(this.#counts);
    setText(this.#parts["talk-add"].firstChild, silent ? words.talk.silentShort[silent] : words.talk.add);
    this.#parts["talk-add"].toggleAttribute("data-closed", Boolean(silent));
    setText(this.#parts["talk-name"], option.name);
    if (this.#root.open) this.#render();
  }

  /** The server did not take it: the text goes back to where it was written. */
  restore(message) {
    this.#root.open = true;
    this.#render();
    const thread = this.#list.get(message.type === "edit_comment" ? message.comment : message.parent);
    if (thread) thread.actions.restore(message);
    else this.#form.restore(message.text);
    this.#showForm();
  }

  #open() {
    if (!this.#option) return;
    this.#list?.renew();
    this.#render();
  }

  get #counts() {
    return countsOf(this.#talk.live.state, this.#option.id, this.#threads);
  }

  #render() {
    if (!this.#list) this.#build();
    this.#showForm();
    this.#list.update({ threads: this.#threads.map((thread) => ({ ...thread, isOpen: !this.#silent })), counts: this.#counts });
  }

  #showForm() {
    const silent = this.#silent;
    show(this.#form.element, !silent || this.#form.hasText);
    this.#form.close(Boolean(silent));
    show(this.#closed, Boolean(silent));
    if (silent) setText(this.#closed, `${words.talk.silent[silent]}${this.#form.hasText ? ` ${words.talk.kept}` : ""}`);
  }

  #build() {
    const { live, own, older } = this.#talk;
    this.#closed = element("p", { className: "soft small" });
    this.#form = new SayForm({ label: words.yourComment(this.#option.name), withKind: true, post: (text, kind) => this.#say(text, kind) });
    this.#list = new TalkList({ option: this.#option.id, older, make: () => new Thread({ older, act: (view) => new CommentActions(view, { live, own }) }) });
    this.#parts["talk-body"].replaceChildren(this.#form.element, this.#closed, this.#list.element);
  }

  #say(text, kind) {
    const { live, own } = this.#talk;
    this.#list.expect(kind);
    live.tell({ type: "comment", comment: own.newComment(), option: this.#option.id, kind, text });
  }
}
