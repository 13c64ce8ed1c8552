/** A result by how well voters know each option. */

import { optionsById } from "../votable.js";
import { decimal } from "../measure.js";
import { element } from "../../dom.js";
import { facts, t } from "../../words.js";

/** What the groups give each option on average; null where no one was asked.
 *
 *  @param {BoardState} state
 */
export function lensList(state) {
  const groups = Object.entries(state.current?.lens?.groups ?? {});
  if (!groups.length) return null;
  const options = optionsById(state);
  const told = groups.map(([id, each]) => {
    const name = options.get(id)?.name ?? id;
    if (!each.length) return t("lens-hidden", { name });
    const parts = each.map(({ level, people, mean }) =>
      t("lens-people", { level, people, mean: decimal(mean) }),
    );
    return t("lens-shown", { name, groups: facts(parts) });
  });
  return element(
    "div",
    { className: "lens" },
    element("h3", { className: "eyebrow", text: t("lens-title") }),
    element("ul", {}, ...told.map((text) => element("li", { className: "num", text }))),
  );
}
