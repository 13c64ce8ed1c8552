/** All that was said, by threads: the server's, with what is on its way laid over it. */

import { asComment } from "../live/state.js";

/** Reactions that support nothing; `server/domain/comments.py` has the same. */
const DOUBTS = new Set(["🤔", "👎"]);

/** The same nothing each time, so that it does not look like news. */
const NOTHING = [];

export class Threads {
  #stamp = null;
  #all = NOTHING;
  #byOption = new Map();

  /** Looks at all of them again only when something was said. */
  update(live) {
    const stamp = `${live.state.said} ${live.outbox.stamp}`;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#all = threadsOf(live);
    this.#byOption = Map.groupBy(this.#all, ({ comment }) => comment.option);
  }

  /** The threads on an option, or all: the same array as before while nothing was said. */
  of(option = null) {
    return option === null ? this.#all : (this.#byOption.get(option) ?? NOTHING);
  }
}

function threadsOf(live) {
  const byParent = Map.groupBy(entriesOf(live), ({ comment }) => comment.parent ?? "");
  const threads = (byParent.get("") ?? []).map((entry) => {
    const replies = (byParent.get(entry.comment.id) ?? []).filter(({ comment }) => !comment.deleted).sort((a, b) => a.comment.at - b.comment.at);
    const earlier = live.state.earlierReplies(entry.comment.id);
    return { ...entry, replies, earlier, at: entry.comment.at ?? replies.at(-1)?.comment.at ?? 0, support: support(entry.comment) };
  });
  // A deleted comment keeps its place only where somebody has answered it.
  return threads.filter(({ comment, replies }) => !comment.deleted || replies.length);
}

function entriesOf({ state, outbox, clock }) {
  const edits = new Map(outbox.waiting("edit_comment").map((message) => [message.comment, message.text]));
  const gone = new Set(outbox.waiting("delete_comment").map((message) => message.comment));
  const entries = [...state.comments.values()].map((comment) => {
    if (gone.has(comment.id)) return { comment: { id: comment.id, option: comment.option, deleted: true }, isPending: true };
    if (edits.has(comment.id)) return { comment: { ...comment, text: edits.get(comment.id) }, isPending: true };
    return { comment, isPending: false };
  });
  for (const message of outbox.waiting("comment")) {
    if (!state.comments.has(message.comment)) entries.push({ comment: asComment(message, state.you, clock.now()), isPending: true });
  }
  return entries;
}

function support({ reactions = {} }) {
  return Object.entries(reactions).reduce((sum, [emoji, n]) => (DOUBTS.has(emoji) ? sum : sum + n), 0);
}
