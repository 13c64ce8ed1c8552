/** How many comments can be read (not deleted, not hidden): in all, and by kind without the
 *  replies. */

/** @type {Wire.Kind[]} */
export const KINDS = ["pro", "con", "question", "risk", "note"];
/** @type {Wire.TalkView} */
const NONE = { comments: 0, pro: 0, con: 0, question: 0, risk: 0, note: 0 };
const NAMES = /** @type {(keyof Wire.TalkView)[]} */ (Object.keys(NONE));

/** Of one option, or of all. The server counts where this page does not have all of them; of
 *  options that it has not spoken of since, the page still does.
 *
 *  @param {BoardState} of
 *  @param {string | null} option
 *  @param {CommentThread[]} threads
 */
export function countsOf({ talk }, option, threads) {
  if (!talk) return counted(threads);
  if (option !== null) return talk.get(option) ?? counted(threads);
  return sumOf([
    ...talk.values(),
    counted(threads.filter(({ comment }) => !talk.has(comment.option))),
  ]);
}

/** @param {CommentThread[]} threads */
export function counted(threads) {
  const counts = { ...NONE };
  for (const thread of threads) {
    counts.comments += [thread, ...thread.replies].filter(isReadable).length;
    const { comment } = thread;
    if (isReadable(thread) && !comment.deleted) counts[comment.kind] += 1;
  }
  return counts;
}

/** @param {Wire.TalkView[]} several */
function sumOf(several) {
  const sum = { ...NONE };
  for (const counts of several) for (const name of NAMES) sum[name] += counts[name];
  return sum;
}

/** @param {Entry} of */
const isReadable = ({ comment, isSealed }) => !comment.deleted && !comment.hidden && !isSealed;
