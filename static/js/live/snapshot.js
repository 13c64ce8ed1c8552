/** How a board stands, in the form in which the server describes it. */

const MOST_COMMENTS = 300;

/** What the server would have to send for this state. The names of those who are here are left out:
 *  they will be old when this is read, and need not lie on this device.
 *
 *  @param {BoardState} state
 *  @returns {Wire.WelcomeFrame}
 */
export function snapshotOf(state) {
  const { you, board, round, tally, people, ballot, proposals, meeting, talk } = state;
  return {
    type: "welcome",
    epoch: state.epoch ?? "",
    seq: state.seq,
    now: state.now,
    resumed: false,
    ...{ you, board, round, tally, ballot, proposals },
    people: { ...people, names: null },
    comments: newest([...state.comments.values()]),
    ...(talk && { talk: Object.fromEntries(talk) }),
    ...(meeting && { meeting }),
    your_proposals: state.ownProposals,
    sealed: state.sealed,
    your_sealed: state.ownSealed,
    stances: state.stances,
    your_stance: state.ownStance,
    your_experience: state.ownExperience,
    your_moved_by: state.ownMovedBy,
  };
}

/** Without replies to comments that are left out.
 *
 *  @param {Wire.AnyComment[]} comments in their order
 */
function newest(comments) {
  const kept = comments.slice(-MOST_COMMENTS);
  const ids = new Set(kept.map(({ id }) => id));
  return kept.filter((comment) => comment.deleted || !comment.parent || ids.has(comment.parent));
}
