/** The talk about all options in one list, for those who want to read it through. */

import { setText, show } from "../dom.js";
import { optionsById } from "../board/votable.js";
import { countsOf } from "../talk/counts.js";
import { TalkList } from "../talk/talk_list.js";
import { Thread } from "../talk/thread.js";
import { words } from "../words.js";
import { CommentActions } from "./comment_actions.js";

export class AllTalk {
  #root;
  #parts;
  #talk;
  #list = null;
  #live;
  #known = null;

  /** `talk` has `live`, `own`, `older` and `threads`. */
  constructor(root, parts, talk) {
    this.#root = root;
    this.#parts = parts;
    this.#talk = talk;
    this.#live = talk.live;
    root.addEventListener("toggle", () => {
      if (!root.open) return;
      this.#list?.renew();
      this.#render();
    });
  }

  update() {
    const { board, silent } = this.#live.state;
    const threads = this.#talk.threads.of();
    if (this.#known?.threads === threads && this.#known.board === board && this.#known.silent === silent) return;
    this.#known = { threads, board, silent };
    const [n, noun] = words.comments(this.#counts.comments);
    show(this.#root, board.options.length > 1 && this.#counts.comments > 0);
    setText(this.#parts["all-talk-count"], `${n}${noun}`);
    if (this.#root.open) this.#render();
  }

  get #counts() {
    return countsOf(this.#live.state, null, this.#known.threads);
  }

  #render() {
    const { live, own, older } = this.#talk;
    if (!this.#list) {
      this.#list = new TalkList({ older, make: () => new Thread({ older, act: (view) => new CommentActions(view, { live, own }) }) });
      this.#parts["all-talk-body"].replaceChildren(this.#list.element);
    }
    const { threads, board, silent } = this.#known;
    const options = optionsById(live.state);
    this.#list.update({ threads: threads.map((thread) => ({ ...thread, isOpen: !silent, option: options.get(thread.comment.option) })), counts: this.#counts, options: board.options });
  }
}
