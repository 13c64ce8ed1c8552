/** The shared screen: what the whole room looks at. */

import { asDay, outcomeSentence, predicted } from "../board/decision.js";
import { failedGates, gatesLine } from "../board/gates.js";
import { JoinAddressView } from "../board/join_address.js";
import { settledSentence } from "../board/movement.js";
import { GONE } from "../board/known_boards.js";
import { leadCode, placeWords } from "../board/meeting.js";
import { PhaseAnnouncer } from "../board/phase_announcer.js";
import { PhaseLine } from "../board/phase_line.js";
import { Questions } from "../board/questions.js";
import { Ranking } from "../board/ranking.js";
import { RecordLink } from "../board/record_link.js";
import { Rules } from "../board/rules.js";
import { isOver, stageOf } from "../board/stage.js";
import { countedWords, mayVote, turnoutWords } from "../board/turnout.js";
import { decidingPair, duel } from "../board/evidence/duel.js";
import { surenessLine } from "../board/evidence/sureness.js";
import { optionsById, shownOptions } from "../board/votable.js";
import { element, startPage, part, parts, setHue, setShare, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { LiveBoard } from "../live/live_board.js";
import { Drawing } from "../slices.js";
import { facts, t } from "../words.js";
import { Chime } from "./chime.js";
import { Keys } from "./keys.js";
import { LatestComments } from "./latest_comments.js";
import { ProposedNames } from "./proposed_names.js";
import { Reveal } from "./reveal.js";
import { StatusLine } from "./status_line.js";
import { asides, becauseOf, lengthOf, verdictOf } from "../board/verdict.js";
import { WakeLock } from "./wake_lock.js";

/** With more options than this, the bars need all the room. */
const MOST_WITH_DUEL = 6;

/** The phases after which a result is news. */
const BEFORE_RESULT = new Set(["open", "locked", "revealing"]);

/** A name that is no longer than this has one line, in large letters, too. */
const SHORT_NAME = 22;

/** From how many options on their names take less room each. */
const AMOUNTS = /** @type {const} */ ([
  [25, "crowd"],
  [13, "many"],
  [9, "several"],
  [6, "some"],
  [0, "few"],
]);

class ScreenPage {
  #live;
  #picture = new Drawing(() => this.#drawing());
  #parts = parts(document);
  #code;
  #views;
  /** Whether the host has asked for the code, or for what is behind it; null: as the board is.
   *  @type {boolean | null} */
  #joins = null;
  #chime = new Chime();
  /** @type {BoardState["phase"] | null} */
  #phase = null;

  /** @param {string} code */
  constructor(code) {
    const live = new LiveBoard(code, "screen");
    const status = new StatusLine(this.#parts.line);
    this.#code = code;
    this.#live = live;
    this.#views = {
      status,
      phase: new PhaseLine(this.#parts, live.clock),
      rules: new Rules(this.#parts.rules),
      ranking: new Ranking(this.#parts.results),
      record: new RecordLink(this.#parts["record-link"]),
      reveal: new Reveal(part(document, "ranking"), this.#parts.verdict, live.clock),
      comments: new LatestComments(this.#parts["latest-comments"]),
      proposals: new ProposedNames(this.#parts),
      keys: new Keys(document, live, {
        say: (text, ms) => status.say(text, ms),
        join: this.#switchJoin,
        sound: () => this.#chime.switch(),
      }),
      join: new JoinAddressView(leadCode(), this.#parts),
      names: new KeyedList(this.#parts.names, { make: (_, rendered) => new Name(rendered) }),
      announcer: new PhaseAnnouncer(),
      questions: new Questions(this.#parts["meeting-list"]),
    };
    this.#parts.join.addEventListener("click", this.#switchJoin);
    live.addEventListener("change", () => this.#picture.update());
  }

  start() {
    this.#live.start();
    this.#views.phase.start();
    this.#views.keys.start();
    new WakeLock().start();
  }

  /** Yields where it can be interrupted.
   *
   *  @returns {Generator<void, boolean>} whether the board is there to be drawn
   */
  *#drawing() {
    const { state } = this.#live;
    const views = this.#views;
    views.status.update(this.#live);
    // Where the board of a question is gone, the leading board shows what is next.
    const isFollowing = document.body.dataset.follows === "1" && this.#code !== leadCode();
    if (this.#live.connection.closeCode === GONE && isFollowing) location.reload();
    if (!state.ready || this.#follow(state)) return false;
    for (const view of [
      views.phase,
      views.rules,
      views.comments,
      views.proposals,
      views.record,
      views.keys,
      views.announcer,
    ]) {
      view.update(state);
      yield;
    }
    views.join.update(this.#live);
    this.#showTitle(state);
    const n = state.sealed?.count ?? 0;
    show(this.#parts.sealed, n > 0);
    setText(this.#parts.sealed, t("talk-sealed-all", { n }));
    this.#showTurnout(state);
    yield;
    this.#showStage(state);
    return true;
  }

  /** @param {BoardState} state */
  #showTitle({ board, meeting }) {
    const { title, "meeting-words": place } = this.#parts;
    const words = meeting ? placeWords(meeting) : "";
    const shown = meeting?.ended ? words : board.title;
    setText(place, words);
    show(place, meeting !== null && !meeting.ended);
    setText(title, shown);
    title.dataset.length = lengthOf(shown, 60, 110);
  }

  /** Goes to the question at which the meeting is. The page stays: it may fill the screen.
   *
   *  @param {BoardState} state
   */
  #follow({ meeting, board }) {
    const { dataset } = document.body;
    const code = meeting?.current ?? leadCode();
    if (dataset.follows !== "1" || code === dataset.at || code === board.code) return false;
    dataset.at = code;
    this.#joins = null;
    this.#phase = null;
    this.#code = code;
    this.#live.follow(code);
    return true;
  }

  /** @param {BoardState} state */
  #showStage(state) {
    const { screen, results, "turnout-big": turnout, setup, "options-list": options } = this.#parts;
    const { phase } = state;
    if (phase === "revealed" && BEFORE_RESULT.has(this.#phase ?? "")) this.#chime.play();
    this.#phase = phase;
    const hasWinner = isOver(state);
    const natural = stageOf(state);
    const behind = natural === "join" ? "setup" : natural;
    const shows = this.#joins === null ? natural : this.#joins ? "join" : behind;
    delete screen.dataset.waits;
    screen.dataset.shows = shows;
    screen.toggleAttribute("data-over", shows === "results" && hasWinner);
    if (state.proposals.length)
      screen.dataset.proposed = state.comments.size ? "beside-comments" : "alone";
    else delete screen.dataset.proposed;
    show(results, shows === "results");
    show(turnout, shows === "turnout");
    show(setup, shows === "setup" || shows === "join");
    show(options, shows !== "results" && shows !== "end");
    show(this.#parts.meeting, shows === "end");
    if (shows === "end") this.#views.questions.update(state);
    show(this.#parts.verdict, shows === "results" && hasWinner);
    const insights = hasWinner && !state.isRevealing ? [...saidOf(state), ...asides(state)] : [];
    show(this.#parts.about, shows === "results" && insights.length > 0);
    this.#parts["about-list"].replaceChildren(
      ...insights.map((text) => element("li", {}, element("p", { text }))),
    );
    this.#showCall(state);
    if (natural === "results") this.#showResults(state, hasWinner);
    this.#showPredicted(state);
    const gates = gatesLine(state.board);
    for (const place of ["gates-names", "gates-results"]) {
      setText(this.#parts[place], gates);
      show(this.#parts[place], Boolean(gates));
    }
    this.#showNames(state);
  }

  /** One line: the phones have all of it.
   *
   *  @param {BoardState} state
   */
  #showPredicted(state) {
    const decision = state.isRevealing ? null : state.board.decision;
    const told = predicted(decision);
    const day = decision?.revisit_on;
    const title = day ? t("screen-predicted-day", { day: asDay(day) }) : t("board-predicted");
    const more = told.length > 1 ? t("screen-predicted-more", { n: told.length - 1 }) : "";
    for (const place of ["predicted", "predicted-setup"]) {
      setText(this.#parts[place], `${title}: ${facts([told[0], more])}`);
      show(this.#parts[place], told.length > 0);
    }
  }

  /** @param {BoardState} state */
  #showNames(state) {
    const options = shownOptions(state);
    const [, amount] = AMOUNTS.find(([from]) => options.length >= from) ?? [0, "few"];
    const { dataset } = this.#parts.screen;
    dataset.options = amount;
    dataset.names = options.every(({ name }) => name.length <= SHORT_NAME) ? "short" : "long";
    this.#views.names.render(
      options.map((option) => ({
        ...option,
        isOut: failedGates(state.board, option.id).length > 0,
      })),
    );
  }

  /** Before the first round; what is decided without one is said here, too.
   *
   *  @param {BoardState} state
   */
  #showCall(state) {
    const { settings } = state.board;
    const outcome = state.round ? "" : outcomeSentence(state);
    const { call, because, here } = this.#parts;
    call.toggleAttribute("data-decided", Boolean(outcome));
    call.dataset.length = lengthOf(outcome);
    setText(call, outcome || (state.round ? "" : t("screen-call", { entry: settings.entry })));
    setText(because, outcome ? becauseOf(state) : "");
    setText(here, t("screen-now-here", { here: state.people.here }));
  }

  /** @param {BoardState} state @param {boolean} hasWinner */
  #showResults(state, hasWinner) {
    this.#views.ranking.update(state, state.outcome);
    const { verdict, rule } = this.#parts;
    this.#views.reveal.update(state);
    this.#showDuel(state, hasWinner);
    if (!hasWinner) {
      setText(rule, state.current?.step ? countedWords(state) : "");
      return;
    }
    if (state.isRevealing) {
      verdict.replaceChildren();
      rule.replaceChildren();
      return;
    }
    const { loud, quiet, hue } = verdictOf(state);
    setHue(verdict, hue);
    verdict.toggleAttribute("data-decided", Boolean(outcomeSentence(state)));
    verdict.dataset.length = lengthOf(loud);
    verdict.dataset.words = lengthOf(quiet, 60, 90);
    verdict.replaceChildren(
      element("b", { text: loud }),
      ...(quiet && quiet !== loud ? [element("span", { text: quiet })] : []),
    );
    const told = loud === state.decidedBy || quiet === state.decidedBy;
    const { current } = state;
    const small = [settledSentence(current), told ? "" : state.decidedBy].filter(Boolean).join(" ");
    rule.replaceChildren(...(current?.verdict ? [surenessLine(current.verdict), " "] : []), small);
  }

  /** @param {BoardState} state @param {boolean} hasWinner */
  #showDuel(state, hasWinner) {
    const { duel: place } = this.#parts;
    const { result, counted } = state;
    const pair =
      hasWinner && result && result.order.flat().length <= MOST_WITH_DUEL
        ? decidingPair(state)
        : null;
    show(place, Boolean(pair));
    place.replaceChildren(
      ...(pair && result ? [duel(pair, result, counted, optionsById(state))] : []),
    );
  }

  #switchJoin = () => {
    this.#joins = this.#parts.screen.dataset.shows !== "join";
    this.#picture.update();
  };

  /** @param {BoardState} state */
  #showTurnout(state) {
    const { voted } = state.turnout;
    const here = mayVote(state);
    const share = here ? voted / here : 0;
    const {
      ring,
      turnout,
      "ring-voted": number,
      "ring-of": of,
      "turnout-words": sentence,
    } = this.#parts;
    setShare(ring, share);
    setText(number, String(voted));
    setText(of, here ? t("screen-ring", { here }) : t("screen-ring-empty"));
    setShare(turnout, share);
    const isHidden = state.round && !state.result;
    setText(
      sentence,
      isHidden && !state.acceptsVotes
        ? t("screen-closed", { n: state.current?.voters ?? voted })
        : turnoutWords(state),
    );
    show(turnout, Boolean(state.round));
  }
}

/** What people say to the outcome, and what they are asked.
 *
 *  @param {BoardState} state
 */
function saidOf(state) {
  const { stances, board } = state;
  const told = [];
  const { commit = 0, reservation = 0, block = 0 } = stances ?? {};
  if (commit + reservation + block) told.push(t("stances-counts", { commit, reservation, block }));
  if (board.premortem?.revealed_at === null) {
    const { option: id } = board.premortem;
    told.unshift(t("premortem-title", { option: optionsById(state).get(id)?.name ?? id }));
  }
  return told;
}

class Name {
  /** @param {HTMLElement | null} rendered */
  constructor(rendered) {
    this.element = rendered ?? element("li", { className: "option" }, element("span"));
  }

  /** @param {Wire.Option & { isOut: boolean }} of */
  update({ name, hue, isOut }) {
    setHue(this.element, hue);
    this.element.toggleAttribute("data-out", isOut);
    setText(this.element.firstElementChild, name);
  }
}

startPage(function* start() {
  if (!("WebSocket" in window)) {
    setText(part(document, "line"), t("line-unsupported"));
    return;
  }
  const page = new ScreenPage(document.body.dataset.code ?? "");
  yield;
  page.start();
});
