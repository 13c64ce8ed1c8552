/** How a method's totals are read: the most that an option can reach, which is a full bar,
 *  and what stands next to the number. */

import { t } from "../words.js";

/** The agreement up to which a room is split, as in server/domain/insights.py. */
const SPLIT = -0.3;
const AGREED = 0.5;

/** A number as it is shown: what is shown decides, and not how a language rounds.
 *
 *  @param {number} n
 *  @param {number} digits
 */
const rounded = (n, digits) => Number(n.toFixed(digits));

/** With two digits after the point.
 *
 *  @param {number} n
 */
export const decimal = (n) => t("result-decimal", { mean: rounded(n, 2) });

/** @param {number} part from 0 to 1 */
export const percentOf = (part) => Math.round(part * 100);
/** @param {number} part from 0 to 1 */
export const percentText = (part) => t("result-percent", { percent: percentOf(part) });

/** @param {number} most */
const share = (most) => (/** @type {number} */ total) => (most ? total / most : 0);
/** @param {number} most */
const percent = (most) => (/** @type {number} */ total) => (most ? percentText(total / most) : "");
/** @param {number} voters @returns {Measure} */
const marks = (voters) => ({
  most: voters,
  detail: percent(voters),
  inCard: (total) => t("result-of-voters", { total, voters }),
});

/** @typedef {{ round: Wire.RoundView, voters: number, result: Wire.Result }} Counted
 *
 *  @typedef {object} Measure how the totals of one method are read
 *  @property {number} most a full bar
 *  @property {(total: number, id: string) => string} detail
 *  @property {(total: number, id: string) => string} inCard
 *  @property {(total: number) => string} [number]
 */

/** A method of which no more is known: the option with the most has a full bar.
 *
 *  @param {Counted} of
 *  @returns {Measure}
 */
const plain = ({ result: { totals } }) => ({
  most: Math.max(0, ...Object.values(totals)),
  detail: () => "",
  inCard: (n) => t("result-score", { n }),
  number: (total) => (Number.isInteger(total) ? String(total) : decimal(total)),
});

/** @type {Record<string, (counted: Counted) => Measure>} */
const MEASURES = {
  single: ({ voters }) => marks(voters),
  approval: ({ voters }) => marks(voters),
  dots: ({ voters, round: { settings } }) => ({
    most: voters * (settings.per_option ?? 0),
    detail: percent(voters * (settings.dots ?? 0)),
    inCard: (n) => t("result-dots", { n }),
  }),
  score: ({ voters, result }) => {
    /** @param {number} total @param {string} id */
    const mean = (total, id) => {
      const scored = voters - (result.no_opinion?.[id] ?? 0);
      return scored ? rounded(total / scored, 1) : null;
    };
    return {
      most: voters * 5,
      detail(total, id) {
        const shown = mean(total, id);
        return shown === null ? "" : t("result-mean", { mean: shown });
      },
      inCard(n, id) {
        const shown = mean(n, id);
        return shown === null
          ? t("result-points", { n })
          : t("result-points-mean", { n, mean: shown });
      },
    };
  },
  ranked: ({ round: { options } }) => ({
    most: options.length - 1,
    detail: () => t("result-of-most", { most: options.length - 1 }),
    inCard: (n) => t("result-beats", { n, of: options.length - 1 }),
  }),
  matrix: () => ({
    most: 5,
    detail: () => "",
    inCard: (mean) => t("result-weighted-mean", { mean: rounded(mean, 2) }),
    number: decimal,
  }),
};

/** For a state with a result: `share(total)` from 0 to 1, and in words `number(total)`,
 *  `detail(total, id)` and `inCard(total, id)`.
 *
 *  @param {Counted} of
 */
export function measure({ round, voters, result }) {
  const measures = MEASURES[round.method] ?? plain;
  const found = measures({ round, voters, result });
  return { number: String, ...found, share: share(found.most) };
}

/** `agreed` `mixed` `split`, for van der Eijk's A.
 *
 *  @param {number} a
 */
export const agreementWord = (a) => (a <= SPLIT ? "split" : a < AGREED ? "mixed" : "agreed");
