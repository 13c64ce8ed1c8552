/** `single`: one choice. */

import { t } from "../words.js";

/** @satisfies {VotingMethod<SingleBallot>} */
export const single = {
  control: "radio",
  hint: () => t("ballot-mark-hint", { kind: "radio" }),
  value: (ballot, option) => ballot?.choice === option,
  isSet: (isOn) => isOn,
  changed: (_, option) => ({ choice: option }),
  progress: (ballot, { name }) => t("ballot-chose", { option: name(ballot.choice) }),
  describe: (ballot, { name }) => [t("ballot-chose-sentence", { option: name(ballot.choice) })],
};
