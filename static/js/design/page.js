/** Every component in each of its states: the scripts of the pages, with boards of no one. */

import { Experience } from "../ballot/experience.js";
import { MatrixForm } from "../ballot/matrix/matrix_form.js";
import { RankingList } from "../ballot/ranking/ranking_list.js";
import { StanceForm } from "../ballot/stance.js";
import { VoteControl } from "../ballot/vote_control.js";
import { Evidence } from "../board/evidence/evidence.js";
import { Ranking } from "../board/ranking.js";
import { optionsById } from "../board/votable.js";
import { element, part, show, startPage } from "../dom.js";
import { Clock } from "../live/clock.js";
import { BoardState } from "../live/state.js";
import { methods } from "../methods/index.js";

/** @param {string | undefined} frame */
function stateOf(frame) {
  const state = new BoardState(new Clock(), "ballot");
  state.apply(JSON.parse(frame ?? ""));
  return state;
}

/** @param {string} selector */
const all = (selector) =>
  /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector));

/** @param {string} name @param {string} property */
function paintTokens(name, property) {
  for (const node of all(`[data-${name}]`))
    node.style.setProperty(property, `var(--${node.dataset[name]})`);
}

/** @param {HTMLElement} node */
function vote(node) {
  const shown = JSON.parse(node.dataset.control ?? "");
  const control = new VoteControl(node, (value) => {
    const { most } = shown.value ?? {};
    shown.value = most ? { n: value, room: most - value, most } : value;
    control.update(shown);
  });
  control.update(shown);
}

/** A ranking or a matrix, which are changed as on the ballot.
 *
 *  @param {string | undefined} frame
 *  @param {(shown: ShownTogether, draw: () => void) => { update(shown: ShownTogether): void }} make
 */
function together(frame, make) {
  const state = stateOf(frame);
  const round = /** @type {Wire.RoundView} */ (state.round);
  const names = optionsById(state);
  const shown = {
    ballot: state.ballot,
    about: {
      round,
      options: round.options,
      name: (/** @type {string} */ id) => names.get(id)?.name ?? id,
    },
    options: state.board.options,
    isOpen: true,
    isFound: () => true,
  };
  const view = make(shown, () => view.update(shown));
  view.update(shown);
}

/** What is voted on together; both sections are hidden on a ballot that does not use them.
 *
 *  @param {HTMLElement} root
 */
function drawTogether(root) {
  const ranking = part(root, "vote-ranking");
  const scores = part(root, "vote-matrix");
  show(ranking, true);
  show(scores, true);
  together(
    root.dataset.ranked,
    (shown, draw) =>
      new RankingList(ranking, (ballot) => {
        shown.ballot = ballot;
        draw();
      }),
  );
  together(
    root.dataset.matrix,
    (shown, draw) =>
      new MatrixForm(scores, (...cell) => {
        shown.ballot = methods.matrix?.changed?.(shown.ballot, ...cell) ?? null;
        draw();
      }),
  );
}

/** @param {HTMLElement} root */
function drawResult(root) {
  const state = stateOf(root.dataset.state);
  if (part(root, "ranking")) new Ranking(root).update(state);
  new Evidence(root).update(state);
}

/** What people are asked beside their vote: how well they know an option, and whether they commit.
 *
 *  @param {HTMLElement} root
 */
function drawAsked(root) {
  const state = stateOf(root.dataset.asked);
  const [{ id: option, name }] = /** @type {[Wire.Option]} */ (state.board.options);
  const live = /** @type {any} */ ({ state, request: async () => {} });
  const round = /** @type {Wire.RoundView} */ (state.round);
  round.settings = { ...round.settings, experience: true };
  state.ownExperience = { [option]: "tried" };
  new Experience(live, () => {}).update(option, part(root, "experience"));
  const risk = /** @type {const} */ ({ id: "1", source: "reservation", text: name, owner: "Ada" });
  state.stances = { round: 1, option, commit: 9, reservation: 1, block: 0, risks: [risk] };
  state.ownStance = { option, stance: "commit", reason: "" };
  new StanceForm(part(root, "stance"), live, () => {}).update(state);
}

/** @param {HTMLDialogElement} dialog */
const opener = (dialog) =>
  element("button", {
    type: "button",
    className: "button",
    text: dialog.querySelector("h2")?.textContent || dialog.id,
    on: { click: () => dialog.showModal() },
  });

startPage(() => {
  paintTokens("token", "background");
  paintTokens("type", "font-size");
  paintTokens("space", "inline-size");
  paintTokens("radius", "border-radius");
  for (const node of all("[data-control]")) vote(node);
  for (const root of all("[data-ranked]")) drawTogether(root);
  for (const root of all("[data-asked]")) drawAsked(root);
  for (const root of all("section[data-state]")) drawResult(root);
  for (const talk of all(".talk[data-some]")) talk.setAttribute("open", "");
  part(document, "dialogs").append(...[...document.querySelectorAll("dialog")].map(opener));
});
