/** Comments that are older than what the server tells a newcomer: fetched by pages. */

import { rooted } from "../root.js";

/** Earlier replies that are fetched at once. */
const REPLIES = 50;

export class CommentPager {
  #live;
  #path;
  #isHost;

  /** @param {LiveBoard} live @param {string} code @param {{ isHost?: boolean }} [of] */
  constructor(live, code, { isHost = false } = {}) {
    this.#live = live;
    this.#path = `/api/boards/${code}/comments`;
    this.#isHost = isHost;
  }

  /** Whether there are some, as far as the page knows; `option` null for all options.
   *
   *  @param {string | null} option
   */
  has(option) {
    return this.#live.state.olderThan(option) !== null;
  }

  /** Fetches the next page, or the threads with the most support. Rejects when it can't.
   *
   *  @param {string | null} option
   *  @param {{ sort?: Wire.Sort, limit?: number }} [of]
   */
  async load(option, { sort = "newest", limit = 50 } = {}) {
    const { state } = this.#live;
    const query = new URLSearchParams({ limit: String(limit), sort });
    if (sort === "newest") query.set("before", String(state.olderThan(option)));
    if (option !== null) query.set("option", option);
    this.#live.take(await this.#fetch(query), sort === "newest" ? option : undefined);
  }

  /** Fetches the next page of earlier replies of a thread. Rejects when it can't.
   *
   *  @param {string} thread
   */
  async loadReplies(thread) {
    const earlier = this.#live.state.earlierReplies(thread);
    if (!earlier) return;
    const query = new URLSearchParams({
      parent: thread,
      before: String(earlier.before),
      limit: String(REPLIES),
    });
    this.#live.takeReplies(await this.#fetch(query), thread);
  }

  /** @param {URLSearchParams} query @returns {Promise<Wire.CommentsPage>} */
  async #fetch(query) {
    if (this.#isHost) query.set("view", "host");
    const answer = await fetch(rooted(`${this.#path}?${query}`), { cache: "no-store" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }
}
