/** Which threads are new to a reader. They wait until the reader asks for them: nothing moves under
 *  the eyes, or under a thumb. */
export class Arrivals {
  /** Those that were shown; null before the first time.
   *  @type {Set<string> | null} */
  #seen = null;
  /** When the newest of them was written. */
  #until = 0;

  /** What comes next is no news: the reader has asked for another list. */
  forget() {
    this.#seen = null;
  }

  /** Threads that were not shown yet; none before the first time.
   *
   *  @template {CommentThread} Thread
   *  @param {Thread[]} threads
   */
  unseen(threads) {
    return this.#seen ? threads.filter(({ comment }) => !this.#seen?.has(comment.id)) : [];
  }

  /** Those that others have begun since. Older ones come because someone asked for them.
   *
   *  @template {CommentThread} Thread
   *  @param {Thread[]} threads
   */
  news(threads) {
    return this.unseen(threads).filter(({ at, isPending }) => !isPending && at > this.#until);
  }

  /** These are shown now.
   *
   *  @param {CommentThread[]} threads
   */
  show(threads) {
    this.#seen = new Set(threads.map(({ comment }) => comment.id));
    this.#until = threads.reduce((newest, { at }) => Math.max(newest, at), 0);
  }
}
