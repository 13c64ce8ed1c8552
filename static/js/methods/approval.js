/** Approval: any number of options, each a yes. */
export const approval = {
  control: "checkbox",
  chosen: (ballot) => new Set(ballot?.approve ?? []),

  /** An answer too: it counts among those who have voted. */
  none: { approve: [] },

  /** The ballot after a tap, or null when nothing is left on it: then there is no vote. */
  tapped(ballot, option, on) {
    const approve = new Set(ballot?.approve ?? []);
    if (on) approve.add(option);
    else approve.delete(option);
    return approve.size ? { approve: [...approve] } : null;
  },
};
