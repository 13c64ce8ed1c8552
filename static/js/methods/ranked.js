/** `ranked`: groups of options, best first. Those in a group are tied; what is left out is
 *  below all. */

import { words } from "../words.js";

const w = words.ballots;

const without = (groups, option) => groups.map((group) => group.filter((id) => id !== option)).filter((group) => group.length);

const asBallot = (groups) => (groups.length ? { ranking: groups } : null);

/** The groups of a ballot, best first; none for no ballot. */
export const groupsOf = (ballot) => ballot?.ranking ?? [];

/** Where an option stands: its place from 1 (or null when it is left out), and with whom. */
export function placeOf(ballot, option) {
  let place = 1;
  for (const group of groupsOf(ballot)) {
    if (group.includes(option)) return { place, mates: group.filter((id) => id !== option) };
    place += group.length;
  }
  return { place: null, mates: [] };
}

/** The moves. Each takes the groups and an option, and returns the groups afterwards. */
export const moves = {
  /** Out of a tie to just above it; else over the group above. */
  up(groups, option) {
    const at = groups.findIndex((group) => group.includes(option));
    if (at < 0) return moves.last(groups, option);
    return groups[at].length > 1 ? moves.between(groups, option, at) : moves.between(groups, option, Math.max(0, at - 1));
  },

  /** Out of a tie to just below it; else under the group below. */
  down(groups, option) {
    const at = groups.findIndex((group) => group.includes(option));
    return at < 0 ? groups : moves.between(groups, option, groups[at].length > 1 ? at + 1 : at + 2);
  },

  /** Alone at a gap: 0 is above all groups, as they stand before the move. */
  between(groups, option, gap) {
    const above = without(groups.slice(0, gap), option);
    return [...above, [option], ...without(groups.slice(gap), option)];
  },

  last: (groups, option) => moves.between(groups, option, groups.length),

  /** Into the group in which `other` is. */
  tie: (groups, option, other) => without(groups, option).map((group) => (group.includes(other) ? [...group, option] : group)),

  out: without,
};

export const ranked = {
  section: "ranking",
  none: { ranking: [] },
  refuse: w.skip,

  /** The ballot after a move; null when nothing is ranked any more. */
  moved: (ballot, move, option, ...where) => asBallot(moves[move](groupsOf(ballot), option, ...where)),

  aside(ballot, option) {
    const { place, mates } = placeOf(ballot, option);
    return place ? w.inRanking(place, mates.length > 0) : "";
  },

  progress: (ballot, { options }) => (ballot.ranking.length ? w.ranked(ballot.ranking.flat().length, options.length) : w.skip),

  said(ballot, { options, name }) {
    if (!ballot.ranking.length) return [w.saidSkip];
    const lines = groupsOf(ballot).map((group) => w.saidRank(placeOf(ballot, group[0]).place, group.map(name)));
    const out = options.filter((id) => !placeOf(ballot, id).place);
    return out.length ? [...lines, w.saidLeftOut(out.map(name))] : lines;
  },
};
