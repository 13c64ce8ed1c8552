/** `matrix`: 0 to 5 for each option on each criterion; what is left out is *no opinion*. */

import { seriesOf, t } from "../words.js";

/** @param {MatrixBallot | null} ballot @param {string} option @param {string} criterion */
export const cellOf = (ballot, option, criterion) => ballot?.scores[option]?.[criterion] ?? null;

/** @param {MatrixBallot | null} ballot @param {string} option */
const given = (ballot, option) => Object.keys(ballot?.scores[option] ?? {}).length;

/** @param {MatrixBallot | null} ballot @param {string[]} options */
const totalGiven = (ballot, options) =>
  options.reduce((sum, option) => sum + given(ballot, option), 0);

/** @satisfies {VotingMethod<MatrixBallot>} */
export const matrix = {
  section: "matrix",
  blank: () => ({ scores: {} }),
  blankLabel: t("ballot-no-opinion"),

  /** The ballot after one score; null when none is left. */
  changed(ballot, option, criterion, value) {
    const { [option]: row, ...others } = ballot?.scores ?? {};
    const { [criterion]: _, ...cells } = row ?? {};
    if (value !== null) cells[criterion] = value;
    const scores = Object.keys(cells).length ? { ...others, [option]: cells } : others;
    return Object.keys(scores).length ? { scores } : null;
  },

  aside: () => "",

  progress(ballot, { options, round }) {
    const n = totalGiven(ballot, options);
    const of = options.length * (round.settings.criteria ?? []).length;
    return n ? t("ballot-scored", { n, of }) : t("ballot-no-opinion");
  },

  describe(ballot, { options, name, round }) {
    const { criteria = [] } = round.settings;
    if (!totalGiven(ballot, options)) return [t("ballot-skipped")];
    const lines = options
      .filter((option) => given(ballot, option))
      .map((option) =>
        t("ballot-scores-of", {
          option: name(option),
          scores: seriesOf(
            criteria
              .filter(({ id }) => cellOf(ballot, option, id) !== null)
              .map(({ id, name: criterion }) =>
                t("ballot-score-gift", {
                  name: criterion,
                  score: cellOf(ballot, option, id) ?? 0,
                }),
              ),
          ),
        }),
      );
    const missing = options.length * criteria.length - totalGiven(ballot, options);
    return missing ? [...lines, t("ballot-scores-missing", { n: missing })] : lines;
  },
};
