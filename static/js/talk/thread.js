/** One thread: a comment and what answers it. Of many answers the last ones, the rest when
 *  somebody asks; what is not here is fetched by pages. */

import { CommentView } from "../board/comment_view.js";
import { element, fromTemplate, setHue, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";

const LAST = 4;

export class Thread {
  #said;
  #replies;
  #earlier;
  #data = null;
  #isWhole = false;
  #isLoading = false;
  #older;

  /** `act(view)` makes what can be done with a comment: an object with `update(entry)`;
   *  `older` fetches what is not here; `mayRead`: the words of hidden ones, too. */
  constructor({ act, older, mayRead = false }) {
    this.#older = older;
    this.#said = new Said(act, mayRead);
    this.element = this.#said.element;
    this.#earlier = element("button", { type: "button", className: "button button-quiet button-small", on: { click: () => this.#showAll() } });
    this.#said.view.parts.replies.before(this.#earlier);
    this.#replies = new KeyedList(this.#said.view.parts.replies, { key: ({ comment }) => comment.id, make: () => new Said(act, mayRead) });
  }

  get actions() {
    return this.#said.actions;
  }

  /** `option`: the one it is about, where the list is about several. */
  update(data) {
    this.#data = data;
    const { option = null, replies, isOpen } = data;
    if (option) {
      this.element.classList.add("option");
      setHue(this.element, option.hue);
    }
    this.#said.update({ ...data, optionName: option?.name ?? "" });
    const pinned = replies.findIndex(({ comment }) => comment.pinned);
    const from = Math.max(0, Math.min(replies.length - LAST, pinned < 0 ? Infinity : pinned));
    const hidden = this.#isWhole ? 0 : from;
    const missing = hidden + (data.earlier?.count ?? 0);
    show(this.#earlier, missing > 0);
    setText(this.#earlier, this.#isLoading ? words.talk.loading : words.talk.earlier(missing));
    this.#earlier.setAttribute("aria-disabled", String(this.#isLoading));
    this.#replies.render(replies.slice(hidden).map((reply) => ({ ...reply, isOpen })));
  }

  async #showAll() {
    if (this.#isLoading) return;
    this.#isWhole = true;
    if (this.#data.earlier && !(await this.#load())) return;
    this.update(this.#data);
    this.#replies.get(this.#data.replies[0].comment.id).focus();
  }

  /** False where they could not be fetched, which the button says. */
  async #load() {
    this.#isLoading = true;
    this.update(this.#data);
    const isLoaded = await this.#older.loadReplies(this.#data.comment.id).then(() => true, () => false);
    this.#isLoading = false;
    this.update(this.#data);
    if (!isLoaded) setText(this.#earlier, words.talk.notLoaded);
    return isLoaded;
  }
}

class Said {
  view = new CommentView(fromTemplate("comment"));

  #mayRead;

  constructor(act, mayRead) {
    this.element = this.view.element;
    this.#mayRead = mayRead;
    this.actions = act(this.view);
  }

  focus() {
    this.element.tabIndex = -1;
    this.element.focus();
  }

  update(entry) {
    const { comment, isPending, optionName = "" } = entry;
    this.view.update(comment, { isPending, mayRead: this.#mayRead, optionName });
    this.actions.update(entry);
  }
}
