/** `approval`: any number of options, each a yes. */

import { words } from "../words.js";

const w = words.ballots;

export const approval = {
  control: "checkbox",
  value: (ballot, option) => Boolean(ballot?.approve.includes(option)),
  isSet: (isOn) => isOn,

  none: { approve: [] },
  refuse: w.noneOfThese,

  changed(ballot, option, isOn) {
    const approve = new Set(ballot?.approve);
    if (isOn) approve.add(option);
    else approve.delete(option);
    return approve.size ? { approve: [...approve] } : null;
  },

  progress: ({ approve }, { options }) => (approve.length ? w.marked(approve.length, options.length) : w.noneOfThese),

  said({ approve }, { options, name }) {
    const yes = options.filter((id) => approve.includes(id));
    return [yes.length ? w.saidApproval(yes.map(name)) : w.saidNone];
  },
};
