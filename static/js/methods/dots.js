/** `dots`: a handful of dots to give away, so many at most to one option. */

import { listOf, t } from "../words.js";

/** @param {DotsBallot | null} ballot */
const spent = (ballot) => Object.values(ballot?.dots ?? {}).reduce((sum, n) => sum + n, 0);

/** @param {Wire.RoundView} round */
const dotsOf = (round) => round.settings.dots ?? 0;

/** @satisfies {VotingMethod<DotsBallot>} */
export const dots = {
  control: "dots",
  blank: () => ({ dots: {} }),
  blankLabel: t("ballot-no-opinion"),

  /** How many this option has, how many more it can get, and the most it could ever have. */
  value(ballot, option, { round }) {
    const { dots: all = 0, per_option: most = 0 } = round.settings;
    const n = ballot?.dots[option] ?? 0;
    return { n, room: Math.min(most - n, all - spent(ballot)), most };
  },
  isSet: ({ n }) => n > 0,

  changed(ballot, option, n) {
    const { [option]: _, ...others } = ballot?.dots ?? {};
    const given = n > 0 ? { ...others, [option]: n } : others;
    return Object.keys(given).length ? { dots: given } : null;
  },

  progress: (ballot, { round }) =>
    spent(ballot)
      ? t("ballot-dots-left", { left: dotsOf(round) - spent(ballot), of: dotsOf(round) })
      : t("ballot-no-opinion"),

  describe(ballot, { options, name, round }) {
    if (!spent(ballot)) return [t("ballot-skipped")];
    const gifts = options
      .filter((id) => ballot.dots[id])
      .map((id) => t("ballot-dots-gift", { option: name(id), n: ballot.dots[id] }));
    const left = dotsOf(round) - spent(ballot);
    return [
      t("ballot-gave", { gifts: listOf(gifts) }),
      ...(left ? [t("ballot-dots-unspent", { n: left })] : []),
    ];
  },
};
