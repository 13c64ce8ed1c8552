/** `dots`: a handful of dots to give away, so many at most to one option. */

import { words } from "../words.js";

const w = words.ballots;

const spent = (ballot) => Object.values(ballot?.dots ?? {}).reduce((sum, n) => sum + n, 0);

export const dots = {
  control: "dots",
  none: { dots: {} },
  refuse: w.skip,

  /** How many this option has, how many more it can get, and the most it could ever have. */
  value(ballot, option, { round }) {
    const { dots: all, per_option: most } = round.settings;
    const n = ballot?.dots[option] ?? 0;
    return { n, room: Math.min(most - n, all - spent(ballot)), most };
  },
  isSet: ({ n }) => n > 0,

  changed(ballot, option, n) {
    const { [option]: _, ...others } = ballot?.dots ?? {};
    const given = n > 0 ? { ...others, [option]: n } : others;
    return Object.keys(given).length ? { dots: given } : null;
  },

  progress: (ballot, { round }) => (spent(ballot) ? w.dotsLeft(round.settings.dots - spent(ballot), round.settings.dots) : w.skip),

  said(ballot, { options, name, round }) {
    if (!spent(ballot)) return [w.saidSkip];
    const gifts = options.filter((id) => ballot.dots[id]).map((id) => w.dotGift(name(id), ballot.dots[id]));
    const left = round.settings.dots - spent(ballot);
    return [w.saidDots(gifts), ...(left ? [w.dotsUnspent(left)] : [])];
  },
};
