/** What changed since the round before, in sentences and as a table. */

import { element } from "../dom.js";
import { rooted } from "../root.js";
import { t } from "../words.js";
import { headCell, table } from "./evidence/tables.js";
import { optionsById } from "./votable.js";

/** The sentence that another round is unlikely to change anything; empty where it is not.
 *
 *  @param {Wire.TallyView | null} tally
 */
export const settledSentence = (tally) =>
  tally?.movement?.settled ? (tally.movement.because[tally.movement.because.length - 1] ?? "") : "";

/** @param {Wire.Movement} of @param {number} n the round @param {BoardState} state
 *  @param {string} code of the board
 */
export function movementView({ since, flows = [], moved_by = [], because }, n, state, code) {
  const options = optionsById(state);
  /** @param {string | null} id */
  const name = (id) => (id === null ? t("movement-none-alone") : (options.get(id)?.name ?? id));
  const rows = flows.map(({ source, target, people }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: name(source) }),
      element("td", { text: name(target) }),
      element("td", { className: "num", text: String(people) }),
    ),
  );
  return element(
    "div",
    { className: "movement" },
    element(
      "ul",
      { className: "movement-said" },
      ...because.map((text) => element("li", { text })),
    ),
    ...(rows.length
      ? [
          element(
            "div",
            { className: "movement-picture table-scroll" },
            element("img", {
              src: rooted(`/api/boards/${code}/movement.svg?round=${n}`),
              alt: t("movement-caption", { since, n }),
              loading: "lazy",
            }),
          ),
          table(
            t("movement-caption", { since, n }),
            [
              headCell(t("movement-from")),
              headCell(t("movement-to")),
              headCell(t("movement-people"), { className: "num" }),
            ],
            rows,
          ),
        ]
      : []),
    movedBy(moved_by, state),
  );
}

/** Of the comments that moved people, those that this page has.
 *
 *  @param {Wire.Moving[]} all @param {BoardState} state
 */
function movedBy(all, { comments }) {
  const readable = all.flatMap(({ comment: id, people, at_least }) => {
    const comment = comments.get(id);
    if (!comment || comment.deleted || comment.hidden) return [];
    return [
      element(
        "li",
        {},
        element("b", {
          className: "num",
          text: t("movement-moved-people", { exact: at_least ? "no" : "yes", people }),
        }),
        element("q", { text: comment.text }),
        element("span", { className: "soft small", text: comment.name ?? t("talk-anonymous") }),
      ),
    ];
  });
  if (!readable.length) return null;
  return element(
    "section",
    { className: "moved-by" },
    element("h3", { text: t("movement-moved-by") }),
    element("ul", {}, ...readable),
  );
}
