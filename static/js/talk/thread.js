/** One thread: a comment and what answers it. Of many replies only the last ones are
 *  shown until the rest is requested; what is not here is fetched by pages. */

import { CommentView } from "../board/comment_view.js";
import { element, fromTemplate, setHue, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { t } from "../words.js";

const LAST = 4;

export class Thread {
  #root;
  #replies;
  #earlier;
  /** @type {ShownThread | null} */
  #data = null;
  #isWhole = false;
  #isLoading = false;
  #pager;

  /** `act(view)` makes what can be done with a comment; `pager` fetches what is not here;
   *  `mayRead`: hidden comments are shown with their text.
   *
   *  @param {{
   *    act: (view: CommentView) => CommentTools, pager: CommentPager, mayRead?: boolean,
   *  }} of
   */
  constructor({ act, pager, mayRead = false }) {
    this.#pager = pager;
    this.#root = new CommentEntry(act, mayRead);
    this.element = this.#root.element;
    this.#earlier = element("button", {
      type: "button",
      className: "button button-quiet button-small",
      on: { click: () => this.#showAll() },
    });
    this.#root.view.parts.replies.before(this.#earlier);
    this.#replies = new KeyedList(this.#root.view.parts.replies, {
      key: ({ comment }) => comment.id,
      make: () => new CommentEntry(act, mayRead),
    });
  }

  get actions() {
    return this.#root.actions;
  }

  /** `option`: the one it is about, where the list is about several.
   *
   *  @param {ShownThread} data
   */
  update(data) {
    this.#data = data;
    const { option = null, replies, isOpen } = data;
    if (option) {
      this.element.classList.add("option");
      setHue(this.element, option.hue);
    }
    this.#root.update({ ...data, optionName: option?.name ?? "" });
    const pinned = replies.findIndex(({ comment }) => comment.pinned);
    const from = Math.max(0, Math.min(replies.length - LAST, pinned < 0 ? Infinity : pinned));
    const hidden = this.#isWhole ? 0 : from;
    const missing = hidden + (data.earlier?.count ?? 0);
    show(this.#earlier, missing > 0);
    setText(this.#earlier, this.#isLoading ? t("talk-loading") : t("talk-earlier", { n: missing }));
    this.#earlier.setAttribute("aria-disabled", String(this.#isLoading));
    this.#replies.render(replies.slice(hidden).map((reply) => ({ ...reply, isOpen })));
  }

  async #showAll() {
    if (this.#isLoading) return;
    this.#isWhole = true;
    if (this.#data?.earlier && !(await this.#load(this.#data))) return;
    if (!this.#data) return;
    this.update(this.#data);
    this.#replies.get(this.#data.replies[0].comment.id)?.focus();
  }

  /** False where they could not be fetched, which the button says.
   *
   *  @param {ShownThread} data
   */
  async #load(data) {
    this.#isLoading = true;
    this.update(data);
    const isLoaded = await this.#pager.loadReplies(data.comment.id).then(
      () => true,
      () => false,
    );
    this.#isLoading = false;
    this.update(this.#data ?? data);
    if (!isLoaded) setText(this.#earlier, t("talk-not-loaded"));
    return isLoaded;
  }
}

class CommentEntry {
  view = new CommentView(fromTemplate("comment"));

  #mayRead;

  /** @param {(view: CommentView) => CommentTools} act @param {boolean} mayRead */
  constructor(act, mayRead) {
    this.element = this.view.element;
    this.#mayRead = mayRead;
    this.actions = act(this.view);
  }

  focus() {
    this.element.tabIndex = -1;
    this.element.focus();
  }

  /** @param {ShownEntry} entry */
  update(entry) {
    const { comment, isPending, isSealed, optionName = "" } = entry;
    this.view.update(comment, { isPending, isSealed, mayRead: this.#mayRead, optionName });
    this.actions.update(entry);
  }
}
