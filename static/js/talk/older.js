/** Comments that are older than what the server tells a newcomer: fetched by pages. */

/** Earlier replies that are fetched at once. */
const REPLIES = 50;

export class Older {
  #live;
  #path;
  #isHost;

  constructor(live, code, { isHost = false } = {}) {
    this.#live = live;
    this.#path = `/api/boards/${code}/comments`;
    this.#isHost = isHost;
  }

  /** Whether there are some, as far as the page knows; `option` null for all options. */
  has(option) {
    return this.#live.state.olderThan(option) !== null;
  }

  /** Fetches the next page, or the threads with the most support. Rejects when it can't. */
  async load(option, { sort = "newest", limit = 50 } = {}) {
    const { state } = this.#live;
    const query = new URLSearchParams({ limit, sort });
    if (sort === "newest") query.set("before", state.olderThan(option));
    if (option !== null) query.set("option", option);
    this.#live.take(await this.#fetch(query), sort === "newest" ? option : undefined);
  }

  /** Fetches the next page of earlier replies of a thread. Rejects when it can't. */
  async loadReplies(thread) {
    const { before } = this.#live.state.earlierReplies(thread);
    const query = new URLSearchParams({ parent: thread, before, limit: REPLIES });
    this.#live.takeReplies(await this.#fetch(query), thread);
  }

  async #fetch(query) {
    if (this.#isHost) query.set("view", "host");
    const answer = await fetch(`${this.#path}?${query}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }
}
