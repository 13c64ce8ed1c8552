/** The talk about one option. Built when it is opened for the first time: a board can have
 *  thousands of comments, and a phone shows those of one card. */

import { element, keepFocus, setText, show, takeFocus } from "../dom.js";
import { countsOf } from "../talk/counts.js";
import { TalkCount } from "../talk/talk_count.js";
import { TalkList } from "../talk/talk_list.js";
import { Thread } from "../talk/thread.js";
import { t } from "../words.js";
import { CommentActions, whatMoved } from "./comment_actions.js";
import { CommentForm } from "./comment_form.js";

export class Talk {
  #root;
  #parts;
  #talk;
  /** @type {Wire.Option | null} */
  #option = null;
  /** @type {CommentThread[]} */
  #threads = [];
  /** @type {BlockedBy | null} */
  #blockedBy = null;
  /** @type {string | null | undefined} */
  #moved;
  #count;
  /** The comment that gets the focus when it is shown.
   *  @type {string | null} */
  #follows = null;
  /** Built when it is opened for the first time.
   *  @type {{ list: TalkList, form: CommentForm, closed: HTMLElement } | null} */
  #built = null;

  /** @param {HTMLDetailsElement} root
   *  @param {Parts} parts
   *  @param {TalkTools} talk
   */
  constructor(root, parts, talk) {
    this.#root = root;
    this.#parts = parts;
    this.#talk = talk;
    this.#count = new TalkCount(parts["talk-count"], parts["talk-kinds"]);
    root.addEventListener("toggle", () => root.open && this.#open());
  }

  /** `threads` are those on this option, with what is on its way.
   *
   *  @param {Wire.Option} option
   *  @param {CommentThread[]} threads
   */
  update(option, threads) {
    const { commentingBlockedBy: blockedBy } = this.#talk.live.state;
    const moved = whatMoved(this.#talk.live);
    if (
      threads === this.#threads &&
      option === this.#option &&
      blockedBy === this.#blockedBy &&
      moved === this.#moved
    )
      return;
    this.#moved = moved;
    this.#option = option;
    this.#threads = threads;
    this.#blockedBy = blockedBy;
    this.#count.update(this.#counts);
    this.#root.toggleAttribute("data-some", this.#counts.comments > 0);
    setText(
      this.#parts["talk-add"].firstChild,
      blockedBy ? t("talk-blocked-short", { by: blockedBy }) : t("talk-add"),
    );
    this.#parts["talk-add"].toggleAttribute("data-closed", Boolean(blockedBy));
    setText(this.#parts["talk-name"], option.name);
    if (this.#root.open) this.#render();
  }

  /** The server did not take it: the text goes back to where it was written.
   *
   *  @param {Returned} message
   */
  restore(message) {
    this.#root.open = true;
    const { list, form } = this.#render();
    const thread = list.get(message.type === "edit_comment" ? message.comment : message.parent);
    if (thread) thread.actions.restore?.(message);
    else form.restore(message.text);
    this.#showForm();
  }

  #open() {
    if (!this.#option) return;
    this.#built?.list.renew();
    this.#render();
  }

  get #counts() {
    return countsOf(this.#talk.live.state, this.#option?.id ?? null, this.#threads);
  }

  #render() {
    this.#built ??= this.#build();
    this.#showForm();
    this.#built.list.update({
      threads: this.#threads.map((thread) => ({ ...thread, isOpen: !this.#blockedBy })),
      counts: this.#counts,
    });
    const own = this.#built.list.get(this.#follows);
    if (own) {
      this.#follows = null;
      takeFocus(own.element);
    }
    return this.#built;
  }

  #showForm() {
    if (!this.#built) return;
    const { form, closed } = this.#built;
    const blockedBy = this.#blockedBy;
    keepFocus(form.element, () => show(form.element, !blockedBy || form.hasText), closed);
    form.close(Boolean(blockedBy));
    show(closed, Boolean(blockedBy));
    if (blockedBy)
      setText(closed, t(form.hasText ? "talk-blocked-kept" : "talk-blocked", { by: blockedBy }));
  }

  #build() {
    const { live, contributions, pager } = this.#talk;
    const closed = element("p", { className: "soft small" });
    const form = new CommentForm({
      label: t("comment-yours", { option: this.#option?.name ?? "" }),
      withKind: true,
      post: (text, kind) => this.#post(text, kind),
    });
    const list = new TalkList({
      option: this.#option?.id,
      pager,
      make: () =>
        new Thread({ pager, act: (view) => new CommentActions(view, { live, contributions }) }),
    });
    this.#parts["talk-body"].replaceChildren(form.element, closed, list.element);
    return { list, form, closed };
  }

  /** @param {string} text @param {Wire.Kind} kind */
  #post(text, kind) {
    const { live, contributions } = this.#talk;
    if (!this.#option) return;
    this.#built?.list.expect(kind);
    const comment = contributions.newComment();
    // The form folds without the focus: at once, not under the next click.
    if (document.activeElement?.matches("button")) this.#follows = comment;
    live.submit({
      type: "comment",
      comment,
      option: this.#option.id,
      kind,
      text,
    });
  }
}
