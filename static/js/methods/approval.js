/** `approval`: any number of options, each a yes. */

import { listOf, t } from "../words.js";

/** @satisfies {VotingMethod<ApprovalBallot>} */
export const approval = {
  control: "checkbox",
  hint: () => t("ballot-mark-hint", { kind: "checkbox" }),
  value: (ballot, option) => Boolean(ballot?.approve.includes(option)),
  isSet: (isOn) => isOn,

  blank: () => ({ approve: [] }),
  blankLabel: t("ballot-none-of-these"),

  changed(ballot, option, isOn) {
    const approve = new Set(ballot?.approve);
    if (isOn) approve.add(option);
    else approve.delete(option);
    return approve.size ? { approve: [...approve] } : null;
  },

  progress: ({ approve }, { options }) =>
    approve.length
      ? t("ballot-marked", { n: approve.length, of: options.length })
      : t("ballot-none-of-these"),

  describe({ approve }, { options, name }) {
    const yes = options.filter((id) => approve.includes(id));
    return [
      yes.length
        ? t("ballot-approved", { options: listOf(yes.map(name)) })
        : t("ballot-approved-none"),
    ];
  },
};
