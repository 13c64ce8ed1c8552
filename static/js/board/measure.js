/** How a method's totals are read: the most that an option can reach, which is a full bar,
 *  and what stands beside the number. */

import { words } from "../words.js";

const w = words.results;

/** A split room is one whose ballots agree less than not at all. */
const SPLIT = 0;
const AGREED = 0.5;

const share = (most) => (total) => (most ? total / most : 0);
const percent = (most) => (total) => (most ? w.percent(total / most) : "");
const marks = (voters) => ({ most: voters, beside: percent(voters), inCard: (total) => w.ofVoters(total, voters) });

const MEASURES = {
  single: ({ voters }) => marks(voters),
  approval: ({ voters }) => marks(voters),
  dots: ({ voters, settings }) => ({ most: voters * settings.per_option, beside: percent(voters * settings.dots), inCard: w.inCards.dots }),
  score: ({ voters, result }) => {
    const mean = (total, id) => {
      const scored = voters - (result.no_opinion?.[id] ?? 0);
      return scored ? total / scored : null;
    };
    return {
      most: voters * 5,
      beside: (total, id) => (mean(total, id) === null ? "" : w.mean(mean(total, id))),
      inCard: (total, id) => w.inCards.score(total, mean(total, id)),
    };
  },
  ranked: ({ options }) => ({ most: options - 1, beside: () => w.ofMost(options - 1), inCard: (total) => w.inCards.ranked(total, options - 1) }),
  matrix: () => ({ most: 5, beside: () => "", inCard: w.inCards.matrix, number: w.weighted }),
};

/** For a state with a result: `share(total)` from 0 to 1, and in words `number(total)`,
 *  `beside(total, id)` and `inCard(total, id)`. */
export function measure({ round, current, result }) {
  const measures = MEASURES[round.method] ?? MEASURES.single;
  const found = measures({ voters: current.voters, settings: round.settings, options: round.options.length, result });
  return { number: w.number, ...found, share: share(found.most) };
}

/** `agreed` `mixed` `split`, for van der Eijk's A. */
export const agreementWord = (a) => (a < SPLIT ? "split" : a < AGREED ? "mixed" : "agreed");
