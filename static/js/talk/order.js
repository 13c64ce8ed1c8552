/** Which threads are shown, and in which order.
 *
 *  By support they keep their places while people react: nothing moves under a thumb until
 *  somebody asks for the order anew.
 */
export class Order {
  sort = "newest";
  kind = null;
  option = null;

  #support = new Map();

  /** Takes the support as it is now. */
  renew() {
    this.#support.clear();
  }

  of(threads) {
    const rank = this.sort === "support" ? (thread) => this.#supportOf(thread) : () => 0;
    return threads
      .filter(({ comment }) => (!this.kind || comment.kind === this.kind) && (!this.option || comment.option === this.option))
      .map((thread) => ({ thread, rank: rank(thread) }))
      .reverse()
      .sort((a, b) => isPinned(b) - isPinned(a) || b.rank - a.rank || b.thread.at - a.thread.at)
      .map(({ thread }) => thread);
  }

  /** What this person has just written stands on top, in sight. */
  #supportOf({ comment, support, isPending }) {
    if (!this.#support.has(comment.id)) this.#support.set(comment.id, isPending ? Infinity : support);
    return this.#support.get(comment.id);
  }
}

const isPinned = ({ thread }) => Number(thread.comment.pinned || thread.replies.some(({ comment }) => comment.pinned));
