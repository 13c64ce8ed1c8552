/** The host's console. */

import { Announcer } from "../announcer.js";
import { Decision } from "../board/decision.js";
import { Evidence } from "../board/evidence/evidence.js";
import { forget, GONE, remember } from "../board/known_boards.js";
import { leadCode, Meeting } from "../board/meeting.js";
import { Notices } from "../board/notices.js";
import { OpenBallots } from "../board/open_ballots.js";
import { PhaseLine } from "../board/phase_line.js";
import { Ranking } from "../board/ranking.js";
import { RecordLink } from "../board/record_link.js";
import { RoundComparison } from "../board/round_comparison.js";
import { Rules } from "../board/rules.js";
import { countedWords } from "../board/turnout.js";
import { startPage, part, parts, setText, show, tellHeight } from "../dom.js";
import { LiveBoard } from "../live/live_board.js";
import { Drawing } from "../slices.js";
import { t } from "../words.js";
import { AddList } from "./add_list.js";
import { Address } from "./address.js";
import { startCopyButtons } from "./copy.js";
import { Criteria } from "./criteria.js";
import { Gates } from "./gates.js";
import { Decide, Defer, EditBoard } from "./dialogs.js";
import { Lobby } from "./lobby.js";
import { History } from "./history.js";
import { Hosts } from "./hosts.js";
import { Life } from "./life.js";
import { Invites } from "./invites.js";
import { Keys } from "./keys.js";
import { NextStep } from "./next_step.js";
import { Options } from "./options.js";
import { People } from "./people.js";
import { Predictions } from "./predictions.js";
import { Progress } from "./progress.js";
import { Proposals } from "./proposals.js";
import { QuestionPanel } from "./question_panel.js";
import { Risks } from "./risks.js";
import { RoomSees } from "./room_sees.js";
import { RoundForm } from "./round_form.js";
import { Settings } from "./settings.js";
import { Steps } from "./steps.js";
import { Talk } from "./talk.js";

class HostPage {
  #code;
  #live;
  #parts = parts(document);
  #notices = new Notices(this.#parts.notices);
  #ranking = new Ranking(this.#parts.results);
  #evidence = new Evidence(this.#parts.results);
  #meeting;
  #phaseLine;
  #address;
  /** @type {{ update(state: BoardState): void }[]} */
  #views = [];

  /** @param {string} code */
  constructor(code) {
    const live = new LiveBoard(code, "host");
    const page = this.#parts;
    this.#code = code;
    this.#live = live;
    this.#meeting = new Meeting(live, page);
    this.#phaseLine = new PhaseLine(page, live.clock);
    this.#address = new Address(leadCode(), page, live, this.#fail);
    new Keys(page);
    new Progress(page.progress, live);
    // On a phone the next step is a bar at the foot; what is focused or scrolled to stays above it.
    tellHeight("--bottom", page.next, page.main, page.progress);
  }

  /** @param {string} text */
  #fail = (text) => this.#notices.say(text);

  /** Makes what shows the board, and starts; yields where it can be interrupted.
   *
   *  @returns {Generator<void, void>}
   */
  *starting() {
    for (const make of this.#makers()) {
      this.#views.push(make());
      yield;
    }
    const picture = new Drawing(() => this.#drawing());
    this.#live.addEventListener("change", () => picture.update());
    this.#live.start();
    this.#phaseLine.start();
  }

  /** @returns {(() => { update(state: BoardState): void })[]} */
  #makers() {
    const live = this.#live;
    const page = this.#parts;
    const code = this.#code;
    const fail = this.#fail;
    const announcer = new Announcer();
    const people = { live, fail, announcer };
    const options = new Options(page, live);
    startCopyButtons(document, announcer);
    page["add-option"].addEventListener("click", () => options.add());
    return [
      () => this.#phaseLine,
      () => options,
      () => new Criteria(page, live),
      () => new Gates(page, people),
      () => new Proposals(page, live),
      () => new Rules(page.rules),
      () => new Decision(page.decision),
      () => new Predictions(page, people),
      () => new Risks(page, people),
      () => new RecordLink(page["record-link"]),
      () => new Steps(page),
      () => new RoomSees(page["room-sees"]),
      () => new People(page),
      () => new Lobby(page, live, fail),
      () =>
        new Settings(
          page.settings,
          (settings) => live.request({ type: "set_board", settings }),
          fail,
        ),
      () =>
        new Talk(page, live, (type, comment, on) =>
          live.request({ type, comment, on }).catch((refusal) => fail(refusal.message)),
        ),
      () => new OpenBallots(page.results, code),
      () => new RoundComparison(page.rounds, page["rounds-body"], code),
      () => new History(page.history, page["history-list"], code, people),
      () => new Hosts(page, leadCode(), people),
      () => new Invites(page, leadCode(), people),
      () => new QuestionPanel(page, people),
      () => new Life(page.life, code, people),
      () => this.#nextStep(people, options),
    ];
  }

  /** @param {HostTools} people @param {Options} options */
  #nextStep(people, options) {
    const { live } = people;
    const page = this.#parts;
    const addList = new AddList(live, this.#code);
    const roundForm = new RoundForm(live);
    const decide = new Decide(live);
    const defer = new Defer(live);
    const editBoard = new EditBoard(live);
    page["add-list"].addEventListener("click", () => addList.open());
    page["edit-board"].addEventListener("click", () => editBoard.open());
    return new NextStep(page.next, {
      ...people,
      dialogs: {
        openRound: () => roundForm.open(),
        runOff: (tied) => roundForm.open({ options: tied, heading: t("host-run-off-heading") }),
        decide: () => decide.open(),
        defer: () => defer.open(),
        addOption: () => options.add(),
      },
      ballotLink: () => this.#address.ballotLink,
    });
  }

  /** Yields where it can be interrupted.
   *
   *  @returns {Generator<void, boolean>} whether the board is there to be drawn
   */
  *#drawing() {
    const { state } = this.#live;
    this.#notices.update(this.#live);
    this.#meeting.update(state);
    if (this.#live.connection.closeCode === GONE) forget(state);
    if (!state.ready || this.#live.connection.closeCode === GONE) return false;
    show(this.#parts.archived, state.isArchived);
    for (const view of this.#views) {
      view.update(state);
      yield;
    }
    this.#address.update(this.#live);
    setText(this.#parts.title, state.board.title);
    yield;
    this.#showResults(state);
    yield;
    remember(state);
    return true;
  }

  /** @param {BoardState} state */
  #showResults(state) {
    const {
      results,
      "results-none": none,
      "results-title": title,
      "outcome-words": sentence,
    } = this.#parts;
    const { result, round } = state;
    show(results, Boolean(result));
    show(none, !result);
    setText(none, t(round ? "host-hidden-results" : "host-no-results"));
    const isOnlyHost = round?.state !== "revealed" && round?.settings.visibility !== "live";
    setText(title, t(result && isOnlyHost ? "host-only-you" : "host-results"));
    if (!result) return;
    const counted = state.current?.step ? countedWords(state) : "";
    setText(sentence, `${state.decidedBy} ${counted}`.trim());
    this.#ranking.update(state);
    this.#evidence.update(state);
  }
}

startPage(function* start() {
  if ("WebSocket" in window) yield* new HostPage(document.body.dataset.code ?? "").starting();
  else new Notices(part(document, "notices")).say(t("line-unsupported"), { isBad: false });
});
