/** All comments by threads: those of the server, with the unconfirmed ones laid over them. */

import { asComment } from "../live/state.js";

/** Reactions that support nothing; `server/domain/comments.py` has the same. */
const DOUBTS = new Set(["🤔", "👎"]);

/** The same nothing each time, so that it does not look like news. */
/** @type {CommentThread[]} */
const NOTHING = [];

export class Threads {
  /** @type {string | null} */
  #version = null;
  #all = NOTHING;
  /** @type {Map<string, CommentThread[]>} */
  #byOption = new Map();

  /** Looks at all of them again only when something was said.
   *
   *  @param {LiveBoard} live
   */
  update(live) {
    const version = `${live.state.commentsVersion} ${live.outbox.version}`;
    if (version === this.#version) return;
    this.#version = version;
    this.#all = threadsOf(live);
    this.#byOption = grouped(this.#all, ({ comment }) => comment.option);
  }

  /** The threads on an option, or all: the same array as before while nothing was said.
   *
   *  @param {string | null} option
   */
  of(option = null) {
    return option === null ? this.#all : (this.#byOption.get(option) ?? NOTHING);
  }
}

/** @param {LiveBoard} live @returns {CommentThread[]} */
function threadsOf(live) {
  const byParent = grouped(entriesOf(live), ({ comment }) => comment.parent ?? "");
  const threads = (byParent.get("") ?? []).map((entry) => {
    const replies = (byParent.get(entry.comment.id) ?? [])
      .filter(({ comment }) => !comment.deleted)
      .sort((a, b) => (a.comment.at ?? 0) - (b.comment.at ?? 0));
    const earlier = live.state.earlierReplies(entry.comment.id);
    return {
      ...entry,
      replies,
      earlier,
      at: entry.comment.at ?? replies.at(-1)?.comment.at ?? 0,
      support: support(entry.comment),
    };
  });
  // A deleted comment keeps its place only where it has replies.
  return threads.filter(({ comment, replies }) => !comment.deleted || replies.length > 0);
}

/** @param {LiveBoard} of @returns {Entry[]} */
function entriesOf({ state, outbox, clock }) {
  const edits = new Map(
    outbox.waiting("edit_comment").map((message) => [message.comment, message.text]),
  );
  const gone = new Set(outbox.waiting("delete_comment").map((message) => message.comment));
  const sealed = new Set(state.ownSealed);
  const entries = [...state.comments.values(), ...sealed].map((comment) => {
    const text = edits.get(comment.id);
    const isSealed = sealed.has(/** @type {Wire.CommentView} */ (comment));
    /** @type {Entry} */
    let entry = { comment, isPending: false, isSealed };
    if (gone.has(comment.id))
      entry = {
        comment: { id: comment.id, option: comment.option, deleted: true },
        isPending: true,
      };
    else if (text !== undefined && !comment.deleted)
      entry = { comment: { ...comment, text }, isPending: true, isSealed };
    return entry;
  });
  for (const message of outbox.waiting("comment")) {
    if (!entries.some(({ comment }) => comment.id === message.comment))
      entries.push({ comment: asComment(message, state.you, clock.now()), isPending: true });
  }
  return entries;
}

/** As `Map.groupBy`, which phones of three years ago lack.
 *
 *  @template Item
 *  @param {Item[]} items
 *  @param {(item: Item) => string} keyOf
 *  @returns {Map<string, Item[]>}
 */
function grouped(items, keyOf) {
  /** @type {Map<string, Item[]>} */
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** @param {Wire.AnyComment} comment */
function support({ reactions = {} }) {
  return Object.entries(reactions).reduce(
    (sum, [emoji, n]) => (DOUBTS.has(emoji) ? sum : sum + n),
    0,
  );
}
