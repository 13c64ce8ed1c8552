/** How many comments can be read (not deleted, not hidden): in all, and by kind without the
 *  replies. */

const NONE = { comments: 0, pro: 0, con: 0, question: 0, risk: 0, note: 0 };

/** Of one option, or of all. The server counts where this page does not have all of them; of
 *  options that it has not spoken of since, the page still does. */
export function countsOf({ talk }, option, threads) {
  if (!talk) return counted(threads);
  if (option !== null) return talk.get(option) ?? counted(threads);
  return sumOf([...talk.values(), counted(threads.filter(({ comment }) => !talk.has(comment.option)))]);
}

export function counted(threads) {
  const counts = { ...NONE };
  for (const { comment, replies } of threads) {
    counts.comments += [comment, ...replies.map((reply) => reply.comment)].filter(isReadable).length;
    if (isReadable(comment)) counts[comment.kind] += 1;
  }
  return counts;
}

function sumOf(several) {
  const sum = { ...NONE };
  for (const counts of several) for (const name of Object.keys(NONE)) sum[name] += counts[name];
  return sum;
}

const isReadable = (comment) => !comment.deleted && !comment.hidden;
