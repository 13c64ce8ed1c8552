/** What options must have, and which of them do. An option that fails drops out. */

import { element } from "../dom.js";
import { richText } from "../rich_text.js";
import { facts, listOf, seriesOf, t } from "../words.js";

/** What a gate says about an option.
 *
 *  @param {Wire.Gate} gate
 *  @param {string} option its id
 *  @returns {Wire.GateAnswer}
 */
export const answerOf = ({ answers }, option) =>
  answers.find((each) => each.option === option) ?? { option, answer: "unknown", evidence: "" };

/** The gates of a board that an option fails.
 *
 *  @param {Wire.BoardView} board
 *  @param {string} option its id
 */
export const failedGates = ({ gates = [] }, option) =>
  gates.filter((gate) => answerOf(gate, option).answer === "fail");

/** The options that a new round can be about.
 *
 *  @param {Wire.BoardView} board
 */
export const votableOptions = (board) =>
  board.options.filter(({ id }) => !failedGates(board, id).length);

/** What the gates say about an option, as items of lists: what it `lacks`, or may lack, and what it
 *  `has`. Of an option that is out, what is not known does not matter.
 *
 *  @param {Wire.BoardView} board
 *  @param {string} option its id
 */
export function gateItems(board, option) {
  const { gates = [] } = board;
  const isOut = failedGates(board, option).length > 0;
  /** @type {{ lacks: HTMLElement[], has: HTMLElement[] }} */
  const items = { lacks: [], has: [] };
  const blank = [];
  for (const gate of gates) {
    const { answer, evidence } = answerOf(gate, option);
    if (answer === "unknown" && !evidence) blank.push(gate);
    else if (answer === "pass") items.has.push(item(answer, gate.name, evidence));
    else if (answer === "fail" || !isOut)
      items.lacks.push(item(answer, answer === "fail" ? gate.name : asked(gate), evidence));
  }
  if (blank.length && !isOut)
    items.lacks.push(item("unknown", seriesOf(blank.map((gate) => asked(gate)))));
  return { ...items, isOut };
}

/** A gate with the person who finds out.
 *
 *  @param {Wire.Gate} gate
 */
const asked = ({ name, owner }) => (owner ? t("gate-asked", { gate: name, owner }) : name);

/** @param {Wire.Standing} answer @param {string} gate @param {string} [evidence] */
const item = (answer, gate, evidence) =>
  element(
    "li",
    { data: { answer } },
    element("span", { text: t("gate-says", { answer, gate }) }),
    evidence ? element("span", { className: "gate-evidence" }, richText(evidence)) : null,
  );

/** More are told on the phones. */
const MOST_OUT = 4;

/** Which options dropped out and why, and how many answers are missing, in one line; empty where
 *  there is nothing to say.
 *
 *  @param {Wire.BoardView} board
 */
export function gatesLine(board) {
  const { gates = [], options } = board;
  const out = options
    .map(({ id, name }) => ({ name, failed: failedGates(board, id) }))
    .filter(({ failed }) => failed.length);
  const unknown = gates.flatMap((gate) =>
    options.filter(({ id }) => answerOf(gate, id).answer === "unknown"),
  ).length;
  const told = out
    .slice(0, MOST_OUT)
    .map(({ name, failed }) =>
      t("gates-out-option", { option: name, gates: listOf(failed.map((gate) => gate.name)) }),
    );
  const n = out.length - told.length;
  if (n) told.push(t("gates-out-more", { n }));
  return facts([
    told.length && t("gates-out", { options: listOf(told) }),
    unknown && t("gates-unknown", { n: unknown }),
  ]);
}
