/** The questions of a meeting, each with what became of it. */

import { callApiUntil } from "../api.js";
import { element } from "../dom.js";
import { rooted } from "../root.js";
import { t } from "../words.js";
import { leadCode } from "./meeting.js";

/** Reads the questions of the meeting, at least as new as this page. Rejects with a message.
 *
 *  @param {Wire.MeetingView} meeting
 *  @returns {Promise<Wire.QuestionView[]>}
 */
export async function readQuestions(meeting) {
  const known = JSON.stringify([meeting.current, meeting.ended, meeting.of]);
  const isNew = (/** @type {Wire.AllQuestions} */ { meeting: read }) =>
    read !== null && JSON.stringify([read.current, read.ended, read.of]) === known;
  // Only hosts may know what comes.
  const path = document.body.dataset.view === "host" ? "questions" : "meeting";
  const { questions } = await callApiUntil(`/api/boards/${meeting.lead}/${path}`, isNew);
  return questions;
}

/** What became of a question, in a few words.
 *
 *  @param {Wire.QuestionView} of
 */
const stateWords = ({ state, outcome }) =>
  outcome || (state === "gone" ? "" : t("questions-state", { state }));

/** The page on which a question is shown, wherever the meeting is.
 *
 *  @param {string} code
 *  @param {string} [ending]
 */
export const questionPage = (code, ending = "") =>
  rooted(`/b/${code}${ending}${code === leadCode() ? "?stay=1" : ""}`);

/** @param {Wire.QuestionView} question @param {string} current */
export function questionRow(question, current) {
  const { code, n, title, state, record } = question;
  const isGone = state === "gone";
  return element(
    "li",
    { className: "question", "aria-current": String(code === current), data: { state } },
    element("span", { className: "question-n num", text: String(n) }),
    element(
      "span",
      { className: "question-text" },
      isGone
        ? element("span", { className: "soft", text: t("questions-gone") })
        : element("a", { href: questionPage(code), text: title }),
      element("span", { className: "question-state", text: stateWords(question) }),
      record
        ? element("a", { className: "small", href: record, text: t("questions-record") })
        : null,
    ),
  );
}

export class Questions {
  #list;
  /** @type {unknown} */
  #known = null;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** Reads and shows them again where the meeting or this question has moved on.
   *
   *  @param {BoardState} state
   */
  async update({ meeting, phase, board }) {
    const known = JSON.stringify([meeting, phase, board.title]);
    if (!meeting || known === this.#known) return;
    this.#known = known;
    try {
      const questions = await readQuestions(meeting);
      const current = meeting.ended ? "" : meeting.current;
      if (known === this.#known)
        this.#list.replaceChildren(...questions.map((each) => questionRow(each, current)));
    } catch {
      this.#known = null; // The next word from the server is the next try.
    }
  }
}
