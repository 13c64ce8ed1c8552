/** `score`: 0 to 5 for each option. A blank counts 0; *no opinion* is said on purpose. */

import { listOf, t } from "../words.js";

/** The version of the rules since which it is so. Before, what was left blank was no opinion. */
const BLANK_IS_ZERO_SINCE = 4;

/** @param {Wire.RoundView} round */
const blankIsZero = ({ rules = BLANK_IS_ZERO_SINCE }) => rules >= BLANK_IS_ZERO_SINCE;

/** @param {ScoreBallot | null} ballot */
const silent = (ballot) => ballot?.no_opinion ?? [];

/** @satisfies {VotingMethod<ScoreBallot>} */
export const score = {
  control: "scale",
  blank: ({ options }) => ({ scores: {}, no_opinion: options }),
  blankLabel: t("ballot-no-opinion"),
  hint: ({ round }) => (blankIsZero(round) ? t("ballot-score-hint") : ""),

  /** A score, null for no opinion, undefined where the ballot leaves the option blank. */
  value: (ballot, option) => (silent(ballot).includes(option) ? null : ballot?.scores[option]),
  isSet: (value) => value !== undefined,

  changed(ballot, option, value) {
    const { [option]: _, ...others } = ballot?.scores ?? {};
    const stillSilent = silent(ballot).filter((id) => id !== option);
    const no_opinion = value === null ? [...stillSilent, option] : stillSilent;
    const scores = value === null ? others : { ...others, [option]: value };
    return no_opinion.length ? { scores, no_opinion } : { scores };
  },

  progress: (ballot, { options }) =>
    silent(ballot).length === options.length
      ? t("ballot-no-opinion")
      : t("ballot-scored", { n: Object.keys(ballot.scores).length, of: options.length }),

  describe(ballot, { options, name, round }) {
    const { scores } = ballot;
    const given = options.filter((id) => id in scores).sort((a, b) => scores[b] - scores[a]);
    const rest = options.filter((id) => !(id in scores));
    const isNone = (/** @type {string} */ id) => !blankIsZero(round) || silent(ballot).includes(id);
    const [none, blank] = [rest.filter(isNone), rest.filter((id) => !isNone(id))];
    if (none.length === options.length) return [t("ballot-skipped")];
    const gifts = given.map((id) => t("ballot-score-gift", { name: name(id), score: scores[id] }));
    return [
      ...(given.length ? [t("ballot-gave", { gifts: listOf(gifts) })] : []),
      ...(blank.length ? [t("ballot-blank-said", { options: listOf(blank.map(name)) })] : []),
      ...(none.length ? [t("ballot-no-opinion-said", { options: listOf(none.map(name)) })] : []),
    ];
  },
};
