/** The talk about all options in one list, for those who want to read it through. */

import { setText, show } from "../dom.js";
import { optionsById } from "../board/votable.js";
import { countsOf } from "../talk/counts.js";
import { TalkList } from "../talk/talk_list.js";
import { Thread } from "../talk/thread.js";
import { commentCount } from "../words.js";
import { CommentActions, whatMoved } from "./comment_actions.js";

export class AllTalk {
  #root;
  #parts;
  #talk;
  /** @type {TalkList | null} */
  #list = null;
  #live;
  /** @type {{
   *    threads: CommentThread[], board: Wire.BoardView, blockedBy: BlockedBy | null,
   *    moved: string | null | undefined,
   *  } | null} */
  #known = null;

  /** @param {HTMLDetailsElement} root
   *  @param {Parts} parts
   *  @param {TalkTools} talk
   */
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
    const { board, commentingBlockedBy: blockedBy } = this.#live.state;
    const threads = this.#talk.threads.of();
    const moved = whatMoved(this.#live);
    if (
      this.#known?.threads === threads &&
      this.#known.board === board &&
      this.#known.blockedBy === blockedBy &&
      this.#known.moved === moved
    )
      return;
    this.#known = { threads, board, blockedBy, moved };
    show(this.#root, board.options.length > 1 && this.#counts.comments > 0);
    setText(this.#parts["all-talk-count"], commentCount(this.#counts.comments).join(""));
    if (this.#root.open) this.#render();
  }

  get #counts() {
    return countsOf(this.#live.state, null, this.#known?.threads ?? []);
  }

  #render() {
    if (!this.#known) return;
    const { live, contributions, pager } = this.#talk;
    if (!this.#list) {
      this.#list = new TalkList({
        pager,
        make: () =>
          new Thread({ pager, act: (view) => new CommentActions(view, { live, contributions }) }),
      });
      this.#parts["all-talk-body"].replaceChildren(this.#list.element);
    }
    const { threads, board, blockedBy } = this.#known;
    const options = optionsById(live.state);
    this.#list.update({
      threads: threads.map((thread) => ({
        ...thread,
        isOpen: !blockedBy,
        option: options.get(thread.comment.option),
      })),
      counts: this.#counts,
      options: board.options,
    });
  }
}
