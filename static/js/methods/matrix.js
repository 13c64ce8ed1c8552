/** `matrix`: 0 to 5 for each option on each criterion; what is left out is *no opinion*. */

import { words } from "../words.js";

const w = words.ballots;

export const cellOf = (ballot, option, criterion) => ballot?.scores[option]?.[criterion] ?? null;

const given = (ballot, option) => Object.keys(ballot?.scores[option] ?? {}).length;

const totalGiven = (ballot, options) => options.reduce((sum, option) => sum + given(ballot, option), 0);

export const matrix = {
  section: "matrix",
  none: { scores: {} },
  refuse: w.skip,

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
    return n ? w.cells(n, options.length * round.settings.criteria.length) : w.skip;
  },

  said(ballot, { options, name, round }) {
    const { criteria } = round.settings;
    if (!totalGiven(ballot, options)) return [w.saidSkip];
    const lines = options
      .filter((option) => given(ballot, option))
      .map((option) => w.saidCells(name(option), criteria.filter(({ id }) => cellOf(ballot, option, id) !== null).map(({ id, name: criterion }) => w.scoreGift(criterion, cellOf(ballot, option, id)))));
    const missing = options.length * criteria.length - totalGiven(ballot, options);
    return missing ? [...lines, w.cellsMissing(missing)] : lines;
  },
};
