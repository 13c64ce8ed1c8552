/** The questions of a meeting: what became of each, which is next, and another one. */

import { callApi } from "../api.js";
import { leadCode } from "../board/meeting.js";
import { questionPage, questionRow, readQuestions } from "../board/questions.js";
import { element, keepFocus, part, show } from "../dom.js";
import { t } from "../words.js";
import { confirmIn } from "./confirm.js";
import { FormDialog } from "./form_dialog.js";

export class QuestionPanel {
  #parts;
  #live;
  #fail;
  #dialog = new FormDialog("add-question");
  /** Whether the next question is the next step; before, the one on this board is. */
  #isSettled = false;
  /** @type {unknown} */
  #known = null;

  /** @param {Parts} page @param {HostTools} of */
  constructor(page, { live, fail }) {
    this.#parts = page;
    this.#live = live;
    this.#fail = fail;
    for (const name of ["meeting-add", "meeting-start"])
      page[name].addEventListener("click", () => this.#ask());
    this.#dialog.form.elements.kind.addEventListener("change", () => this.#showKind());
  }

  /** @param {BoardState} state */
  update(state) {
    const { meeting, phase, board } = state;
    this.#isSettled = phase === "decided" || phase === "deferred";
    show(this.#parts.meeting, meeting !== null);
    for (const name of ["meeting-start", "meeting-start-hint"])
      show(this.#parts[name], meeting === null);
    const known = JSON.stringify([meeting, phase, board.title]);
    if (known === this.#known) return;
    this.#known = known;
    if (meeting) this.#read(meeting, known);
  }

  /** @param {Wire.MeetingView} meeting @param {unknown} known */
  async #read(meeting, known) {
    try {
      const questions = await readQuestions(meeting);
      if (known !== this.#known) return;
      keepFocus(
        this.#parts.meeting,
        () => this.#render(meeting, questions),
        () => this.#parts["meeting-add"],
      );
    } catch (problem) {
      this.#known = null;
      this.#fail(/** @type {Error} */ (problem).message);
    }
  }

  /** @param {Wire.MeetingView} meeting @param {Wire.QuestionView[]} questions */
  #render(meeting, questions) {
    const current = meeting.ended ? "" : meeting.current;
    this.#parts["meeting-list"].replaceChildren(
      ...questions.map((each) => {
        const row = questionRow(each, current);
        row.append(this.#actions(meeting, each));
        return row;
      }),
    );
    const steps = this.#parts["meeting-steps"];
    const next = questions.find(({ n, state }) => n > meeting.n && state !== "gone");
    const offer = () =>
      steps.replaceChildren(
        ...(meeting.ended
          ? []
          : [
              next
                ? this.#button(
                    t("questions-next", { n: next.n, title: next.title }),
                    () => this.#move(steps, offer, { meeting, to: next.code }),
                    this.#isSettled ? "button button-main" : "button",
                  )
                : null,
              this.#button(t("questions-end"), () =>
                confirmIn(steps, t("questions-end-sure"), {
                  yes: t("questions-end"),
                  close: offer,
                  act: () => this.#go(meeting, null),
                }),
              ),
            ].filter((each) => each !== null)),
      );
    offer();
  }

  /** What can be done with a question.
   *
   *  @param {Wire.MeetingView} meeting @param {Wire.QuestionView} question
   */
  #actions(meeting, question) {
    const { code, n, title, state } = question;
    const about = { n, title };
    const small = "button button-quiet button-small";
    const row = element("span", { className: "question-actions" });
    const isCurrent = code === meeting.current;
    const offer = () =>
      row.replaceChildren(
        ...[
          (isCurrent && !meeting.ended) || state === "gone"
            ? null
            : this.#button(
                t("questions-go"),
                () => this.#move(row, offer, { meeting, to: code }),
                "button button-small",
                t("questions-go-label", about),
              ),
          isCurrent || state === "gone"
            ? null
            : element("a", {
                className: small,
                href: questionPage(code, "/host"),
                text: t("questions-edit"),
                "aria-label": t("questions-edit-label", about),
              }),
          n > 1
            ? this.#button(
                t("questions-up"),
                () => this.#request({ type: "move_question", question: code, place: n - 1 }),
                small,
                t("questions-up-label", about),
              )
            : null,
          isCurrent || code === meeting.lead
            ? null
            : this.#button(
                t("questions-remove"),
                () =>
                  confirmIn(row, t("questions-remove-sure"), {
                    yes: t("questions-remove"),
                    close: offer,
                    act: () => this.#request({ type: "remove_question", question: code }),
                  }),
                small,
                t("questions-remove-label", about),
              ),
        ].filter((each) => each !== null),
      );
    offer();
    return row;
  }

  /** Asks before people are called away from a round that is on.
   *
   *  @param {HTMLElement} place @param {() => void} close
   *  @param {{ meeting: Wire.MeetingView, to: string }} of
   */
  #move(place, close, { meeting, to }) {
    const { round, board } = this.#live.state;
    if (board.code !== meeting.current || !round || round.state === "revealed")
      this.#go(meeting, to);
    else
      confirmIn(place, t("questions-open-sure", { round: round.n }), {
        close,
        act: () => this.#go(meeting, to),
      });
  }

  /** @param {Wire.MeetingView} meeting @param {string | null} question */
  #go(meeting, question) {
    const leaving = meeting.ended ? null : meeting.current;
    this.#request({ type: "go_to_question", question, leaving });
  }

  /** @param {Unsent} message */
  #request(message) {
    this.#live.request(message).catch((refusal) => this.#fail(refusal.message));
  }

  /** @param {string} text @param {() => void} click @param {string} [label] */
  #button(text, click, className = "button", label = text) {
    return element("button", {
      type: "button",
      className,
      text,
      "aria-label": label,
      on: { click },
    });
  }

  #ask() {
    this.#dialog.form.reset();
    this.#showKind();
    this.#dialog.open((data) => this.#add(data));
  }

  #showKind() {
    const { kind, title, options, board } = this.#dialog.form.elements;
    const isList = kind.value === "list";
    show(part(this.#dialog.form, "question-own"), isList);
    show(part(this.#dialog.form, "question-board"), kind.value === "board");
    title.required = isList;
    options.required = isList;
    board.required = kind.value === "board";
  }

  /** @param {FormValues} data */
  async #add(data) {
    const kind = data.get("kind");
    const asked =
      kind === "list"
        ? { title: data.get("title"), options: data.get("options") }
        : kind === "board"
          ? { board: data.get("board") }
          : { template: kind };
    await callApi(`/api/boards/${leadCode()}/questions`, asked);
  }
}
