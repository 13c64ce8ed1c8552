/** `score`: 0 to 5 for each option; an option left out is *no opinion*, which is not 0. */

import { words } from "../words.js";

const w = words.ballots;

export const score = {
  control: "scale",
  none: { scores: {} },
  refuse: w.skip,
  value: (ballot, option) => ballot?.scores[option] ?? null,
  isSet: (value) => value !== null,

  changed(ballot, option, value) {
    const { [option]: _, ...others } = ballot?.scores ?? {};
    const scores = value === null ? others : { ...others, [option]: value };
    return Object.keys(scores).length ? { scores } : null;
  },

  progress: ({ scores }, { options }) => (Object.keys(scores).length ? w.scored(Object.keys(scores).length, options.length) : w.skip),

  said({ scores }, { options, name }) {
    const given = options.filter((id) => id in scores).sort((a, b) => scores[b] - scores[a]);
    if (!given.length) return [w.saidSkip];
    const none = options.filter((id) => !(id in scores));
    return [w.saidScores(given.map((id) => w.scoreGift(name(id), scores[id]))), ...(none.length ? [w.saidNoOpinion(none.map(name))] : [])];
  },
};
