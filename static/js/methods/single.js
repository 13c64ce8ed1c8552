/** `single`: one choice. */

import { words } from "../words.js";

const w = words.ballots;

export const single = {
  control: "radio",
  value: (ballot, option) => ballot?.choice === option,
  isSet: (isOn) => isOn,
  changed: (ballot, option) => ({ choice: option }),
  progress: (ballot, { name }) => w.chose(name(ballot.choice)),
  said: (ballot, { name }) => [`${w.chose(name(ballot.choice))}.`],
};
