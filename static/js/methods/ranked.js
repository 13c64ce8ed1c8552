/** `ranked`: groups of options, best first. Those in a group are tied; what is left out is
 *  below all. */

import { listOf, t } from "../words.js";

/** @param {string[][]} groups @param {string} option */
const without = (groups, option) =>
  groups.map((group) => group.filter((id) => id !== option)).filter((group) => group.length);

/** @param {string[][]} groups @returns {RankedBallot | null} */
const asBallot = (groups) => (groups.length ? { ranking: groups } : null);

/** The groups of a ballot, best first; none for no ballot.
 *
 *  @param {RankedBallot | null} ballot
 */
export const groupsOf = (ballot) => ballot?.ranking ?? [];

/** The place of an option, from 1 (null where it is left out), and the options tied with it.
 *
 *  @param {RankedBallot | null} ballot
 *  @param {string} option
 */
export function placeOf(ballot, option) {
  let place = 1;
  for (const group of groupsOf(ballot)) {
    if (group.includes(option)) return { place, mates: group.filter((id) => id !== option) };
    place += group.length;
  }
  return { place: null, mates: [] };
}

/** The moves. Each takes the groups and an option, and returns the groups afterwards.
 *
 *  @type {Record<
 *    "up" | "down" | "between" | "last" | "tie" | "out",
 *    (groups: string[][], option: string, where?: any) => string[][]
 *  >}
 */
export const moves = {
  /** Out of a tie to just above it; else over the group above. */
  up(groups, option) {
    const at = groups.findIndex((group) => group.includes(option));
    if (at < 0) return moves.last(groups, option);
    return groups[at].length > 1
      ? moves.between(groups, option, at)
      : moves.between(groups, option, Math.max(0, at - 1));
  },

  /** Out of a tie to just below it; else under the group below. */
  down(groups, option) {
    const at = groups.findIndex((group) => group.includes(option));
    return at < 0 ? groups : moves.between(groups, option, groups[at].length > 1 ? at + 1 : at + 2);
  },

  /** Alone at a gap between groups, counted before the move: 0 is above all. */
  between(groups, option, /** @type {number} */ gap) {
    const above = without(groups.slice(0, gap), option);
    return [...above, [option], ...without(groups.slice(gap), option)];
  },

  last: (groups, option) => moves.between(groups, option, groups.length),

  /** Into the group in which `other` is. */
  tie: (groups, option, /** @type {string} */ other) =>
    without(groups, option).map((group) => (group.includes(other) ? [...group, option] : group)),

  out: without,
};

/** @satisfies {VotingMethod<RankedBallot>} */
export const ranked = {
  section: "ranking",
  blank: () => ({ ranking: [] }),
  blankLabel: t("ballot-no-opinion"),

  /** The ballot after a move; null when nothing is ranked any more. */
  moved: (ballot, /** @type {keyof typeof moves} */ move, option, where) =>
    asBallot(moves[move](groupsOf(ballot), option, where)),

  aside(ballot, option) {
    const { place, mates } = placeOf(ballot, option);
    if (!place) return "";
    return t(mates.length ? "ballot-in-ranking-tied" : "ballot-in-ranking", { place });
  },

  progress: (ballot, { options }) =>
    ballot.ranking.length
      ? t("ballot-ranked", { n: ballot.ranking.flat().length, of: options.length })
      : t("ballot-no-opinion"),

  describe(ballot, { options, name }) {
    if (!ballot.ranking.length) return [t("ballot-skipped")];
    const lines = groupsOf(ballot).map((group) =>
      t("ballot-rank-said", {
        place: placeOf(ballot, group[0]).place ?? 0,
        count: group.length,
        options: listOf(group.map(name)),
      }),
    );
    const out = options.filter((id) => !placeOf(ballot, id).place);
    return out.length
      ? [...lines, t("ballot-left-out-said", { options: listOf(out.map(name)) })]
      : lines;
  },
};
