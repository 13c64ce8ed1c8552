/** Which threads are shown, and in which order.
 *
 *  By support they keep their places while people react: nothing moves under a thumb until
 *  the order is requested again.
 */
export class Order {
  /** @type {Wire.Sort} */
  sort = "newest";
  /** Null for all of them.
   *  @type {Wire.Kind | null} */
  kind = null;
  /** @type {string | null} */
  option = null;

  /** @type {Map<string, number>} */
  #support = new Map();

  /** Takes the support as it is now. */
  renew() {
    this.#support.clear();
  }

  /** @param {ShownThread[]} threads */
  of(threads) {
    const rank = (/** @type {CommentThread} */ thread) =>
      this.sort === "support" ? this.#supportOf(thread) : 0;
    return threads
      .filter(
        ({ comment }) =>
          (!this.kind || comment.kind === this.kind) &&
          (!this.option || comment.option === this.option),
      )
      .map((thread) => ({ thread, rank: rank(thread) }))
      .reverse()
      .sort((a, b) => isPinned(b) - isPinned(a) || b.rank - a.rank || b.thread.at - a.thread.at)
      .map(({ thread }) => thread);
  }

  /** What this person has just written is on top, in sight.
   *
   *  @param {CommentThread} of
   */
  #supportOf({ comment, support, isPending }) {
    const known = this.#support.get(comment.id);
    if (known !== undefined) return known;
    const now = isPending ? Infinity : support;
    this.#support.set(comment.id, now);
    return now;
  }
}

/** @param {{ thread: CommentThread }} of */
const isPinned = ({ thread }) =>
  Number(thread.comment.pinned || thread.replies.some(({ comment }) => comment.pinned));
