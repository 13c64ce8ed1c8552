/** One choice. */
export const single = {
  control: "radio",
  chosen: (ballot) => new Set(ballot?.choice ? [ballot.choice] : []),
  tapped: (ballot, option) => ({ choice: option }),
};
