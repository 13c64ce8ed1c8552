/** The ballot: the page that voters open on their phones. */

import { Decision } from "../board/decision.js";
import { PhaseAnnouncer } from "../board/phase_announcer.js";
import { forget, GONE, remember } from "../board/known_boards.js";
import { measure } from "../board/measure.js";
import { leadCode, Meeting } from "../board/meeting.js";
import { Notices } from "../board/notices.js";
import { PhaseLine } from "../board/phase_line.js";
import { Ranking } from "../board/ranking.js";
import { RecordLink } from "../board/record_link.js";
import { Rules } from "../board/rules.js";
import { countedWords } from "../board/turnout.js";
import { startPage, keepFocus, part, parts, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { LiveBoard } from "../live/live_board.js";
import { keeps } from "../live/storage.js";
import { Drawing } from "../slices.js";
import { t } from "../words.js";
import { NameForm } from "./name_form.js";
import { CommentPager } from "../talk/comment_pager.js";
import { Threads } from "../talk/threads.js";
import { AllTalk } from "./all_talk.js";
import { Edges } from "./edges.js";
import { EntryNote } from "./entry_note.js";
import { Later } from "./later.js";
import { haveFacts, OptionCard } from "./option_card.js";
import { OwnContributions } from "./own_contributions.js";
import { Proposals } from "./proposals.js";
import { Receipt } from "./receipt.js";
import { Voting } from "./voting.js";
import { WatchSwitch } from "./watch_switch.js";

/** With more options one searches for a name. */
const MANY = 12;

/** Where all options are voted on together. */
const SECTIONS = ["ranking", "matrix"];

/** When results are loaded if no round is over yet, in ms; up to twice this. */
const LATER = 20_000;

/** After what time it is kept for when there is no connection, in ms; up to twice this. */
const KEEP = 3_000;

const BALLOT = new Set(["vote", "withdraw"]);

const NOT_LOADED = {
  results: t("ballot-results-not-loaded"),
  together: t("ballot-control-not-loaded"),
};

/** A listener to events of a `LiveBoard` that tell more.
 *
 *  @param {(detail: any) => unknown} act
 *  @returns {(event: Event) => unknown}
 */
const detailed = (act) => (event) => act(/** @type {CustomEvent} */ (event).detail);

class BallotPage {
  #live;
  #code;
  #picture = new Drawing(() => this.#drawing());
  #later = new Later({
    ready: () => this.#picture.update(),
    fail: (name) => {
      if (name === "filter") show(this.#parts.filter, false);
      else if (name in NOT_LOADED)
        this.#views.notices.say(NOT_LOADED[/** @type {keyof typeof NOT_LOADED} */ (name)]);
    },
  });
  /** @type {import("./results.js").Results | null} */
  #results = null;
  /** @type {import("./filter.js").Filter | null} */
  #filter = null;
  /** @type {import("../board/questions.js").Questions | null} */
  #questions = null;
  #hasEnded = false;
  /** @type {import("./together.js").Together | null} */
  #together = null;
  /** @type {import("./experience.js").Experience | null} */
  #experience = null;
  #parts = parts(document);
  #talk;
  #voting;
  #cards;
  #views;
  #hasWarned = false;

  /** @param {string} code */
  constructor(code) {
    this.#code = code;
    this.#live = new LiveBoard(code, "ballot");
    const live = this.#live;
    const talk = {
      live,
      contributions: new OwnContributions(code),
      pager: new CommentPager(live, code),
      threads: new Threads(),
    };
    const voting = new Voting(live);
    const notices = new Notices(this.#parts.notices);
    this.#talk = talk;
    this.#voting = voting;
    this.#cards = new KeyedList(this.#parts.cards, {
      key: ({ option }) => option.id,
      inSlices: true,
      make: (_, rendered) =>
        new OptionCard(rendered, { talk, change: (option, value) => voting.change(option, value) }),
    });
    this.#views = {
      phase: new PhaseLine(this.#parts, live.clock),
      rules: new Rules(this.#parts.rules),
      decision: new Decision(this.#parts.decision),
      record: new RecordLink(this.#parts["record-link"]),
      ranking: new Ranking(this.#parts.outcome),
      receipt: new Receipt(this.#parts, {
        code,
        withdraw: () => voting.vote(null),
        none: () => voting.vote(voting.method?.blank?.(voting.about) ?? null),
        lost: () => notices.say(t("ballot-lost")),
      }),
      name: new NameForm(this.#parts.you, live),
      notices,
      entry: new EntryNote(this.#parts.entry, leadCode()),
      watch: new WatchSwitch(this.#parts.watch, live, (text) => notices.say(text)),
      proposals: new Proposals(this.#parts, live, (text) => notices.say(text, { isBad: false })),
      announcer: new PhaseAnnouncer(),
      edges: new Edges(this.#parts),
      meeting: new Meeting(live, this.#parts),
      allTalk: new AllTalk(this.#parts["all-talk"], this.#parts, talk),
    };
    live.addEventListener("change", () => this.#picture.update());
    this.#parts.meeting.addEventListener("toggle", () => this.#picture.update());
    live.addEventListener(
      "acked",
      detailed(
        (message) =>
          BALLOT.has(message.type) &&
          this.#views.receipt.saved(message, live.clock.now(), live.state.epoch),
      ),
    );
    live.addEventListener(
      "lost",
      detailed((comments) => this.#lost(comments)),
    );
    live.addEventListener(
      "refused",
      detailed((refusal) => this.#refused(refusal)),
    );
  }

  start() {
    this.#live.start();
    if ("serviceWorker" in navigator) this.#keepOffline();
    // Not all at the moment of the reveal; and not without a line, because it is tried once.
    const soon = () => this.#live.connection.status === "open" && this.#later.get("results");
    setTimeout(soon, LATER * (1 + Math.random()));
    this.#views.phase.start();
  }

  /** So that the ballot opens without a connection, too; a first ballot does not wait for that. */
  async #keepOffline() {
    const { stored } = document.body.dataset;
    if (!stored)
      await new Promise((soon) => {
        setTimeout(soon, KEEP * (1 + Math.random()));
      });
    try {
      const { keepOffline } = await import("./offline.js");
      await keepOffline(this.#live, this.#code);
    } catch {
      // The browser keeps nothing here, and all is as it was.
    }
  }

  /** Yields where it can be interrupted.
   *
   *  @returns {Generator<void, boolean>} whether the board is there to be drawn
   */
  *#drawing() {
    const { state } = this.#live;
    const views = this.#views;
    views.notices.update(this.#live);
    views.meeting.update(state);
    if (this.#live.connection.closeCode === GONE) forget(state);
    if (!state.ready || this.#live.connection.closeCode === GONE) return false;
    show(this.#parts.archived, state.isArchived);
    for (const view of [
      views.phase,
      views.rules,
      views.decision,
      views.record,
      views.entry,
      views.watch,
      views.proposals,
      views.name,
      views.announcer,
    ]) {
      view.update(state);
      yield;
    }
    this.#warnOfStorage(state);
    setText(this.#parts.title, state.board.title);
    setText(this.#parts.context, state.board.context);
    show(this.#parts.context, Boolean(state.board.context));
    keepFocus(
      this.#parts.outcome,
      () => this.#updateOutcome(state),
      () => this.#parts.title,
    );
    yield;
    this.#updateVote(state);
    yield;
    views.edges.update(newsOf(this.#parts, state), state.board.title);
    this.#updateQuestions(state);
    yield;
    remember(state);
    return true;
  }

  /** @param {BoardState} state */
  #updateQuestions(state) {
    const { meeting: fold, "meeting-list": list } = this.#parts;
    const { meeting } = state;
    show(fold, meeting !== null);
    if (!meeting) return;
    if (meeting.ended && !this.#hasEnded) fold.open = true;
    this.#hasEnded = meeting.ended;
    if (!fold.open) return;
    const loaded = this.#later.get("questions");
    this.#questions ??= loaded && new loaded.Questions(list);
    this.#questions?.update(state);
  }

  /** Without storage, an unsent vote lasts as long as the page. Without a cookie there is none.
   *
   *  @param {BoardState} state
   */
  #warnOfStorage({ you }) {
    if (this.#hasWarned || !you.votes) return;
    this.#hasWarned = true;
    if (!keeps()) this.#views.notices.say(t("line-storage"), { isBad: false });
  }

  /** @param {BoardState} state */
  #updateOutcome(state) {
    const isShown = Boolean(state.result) && this.#voting.isOver;
    show(this.#parts.outcome, isShown);
    const isNeeded = this.#voting.isOver || (state.round?.n ?? 0) > 1 || state.board.premortem;
    if (isNeeded || this.#results) {
      const loaded = this.#later.get("results");
      this.#results ??=
        loaded &&
        new loaded.Results(this.#parts, {
          code: this.#code,
          talk: this.#talk,
          fail: (text) => this.#views.notices.say(text),
        });
      this.#results?.update(state, isShown);
    }
    show(this.#parts["look-up"], state.isRevealing);
    if (!isShown) return;
    this.#views.ranking.update(state);
    setText(this.#parts["outcome-words"], state.decidedBy);
    setText(this.#parts["outcome-voters"], countedWords(state));
  }

  /** @param {Wire.Option[]} options */
  #updateFilter(options) {
    const isNeeded = options.length > MANY;
    if (isNeeded && !this.#filter) {
      const loaded = this.#later.get("filter");
      this.#filter = loaded && new loaded.Filter(this.#parts.filter, () => this.#picture.update());
    }
    this.#filter?.update(options, isNeeded);
  }

  /** @param {BoardState} state */
  #updateVote(state) {
    const voting = this.#voting;
    const { about, options, ballot, isOpen } = voting;
    const hint = (voting.isUsed && voting.method?.hint?.(about)) || "";
    const isFound = (/** @type {Wire.Option} */ option) => this.#filter?.finds(option) ?? true;
    this.#updateFilter(options);
    setText(this.#parts["vote-hint"], hint);
    this.#parts["vote-hint"].dataset.for = voting.method?.control ?? "";
    show(this.#parts["vote-hint"], Boolean(hint));
    this.#updateCards(state, { about, options, isFound });
    this.#updateTogether({
      about,
      ballot,
      isOpen,
      isFound,
      options: options.filter(({ id }) => about.options.includes(id)),
    });
    this.#views.receipt.update({ live: this.#live, voting, about });
  }

  /** @param {BoardState} state
   *  @param {{
   *    about: RoundContext, options: Wire.Option[], isFound: (option: Wire.Option) => boolean,
   *  }} of
   */
  #updateCards(state, { about, options, isFound }) {
    const { result } = state;
    const { threads } = this.#talk;
    threads.update(this.#live);
    const { round, counted } = state;
    const measured = result && round && measure({ round, voters: counted, result });
    const hasFacts = haveFacts(options);
    show(this.#parts["no-options"], !options.length);
    this.#cards.render(
      options.map((option) => {
        const total = result?.totals[option.id];
        return {
          option,
          board: state.board,
          hasFacts,
          isFound: isFound(option),
          proposer: state.board.proposed_by?.[option.id] ?? null,
          control: this.#voting.control(option, about),
          threads: threads.of(option.id),
          outcome:
            total === undefined || !measured
              ? null
              : { share: measured.share(total), words: measured.inCard(total, option.id) },
        };
      }),
    );
    if (round?.settings.experience) this.#updateExperience(options);
    this.#views.allTalk.update();
  }

  /** @param {Wire.Option[]} options */
  #updateExperience(options) {
    if (!this.#experience) {
      const loaded = this.#later.get("experience");
      this.#experience =
        loaded && new loaded.Experience(this.#live, (text) => this.#views.notices.say(text));
    }
    for (const { id } of options) {
      const place = this.#cards.get(id)?.experience;
      if (place) this.#experience?.update(id, place);
    }
  }

  /** @param {ShownTogether} shown */
  #updateTogether(shown) {
    const { method, isUsed } = this.#voting;
    const used = (isUsed && method?.section) || "";
    if (used && !this.#together) {
      const loaded = this.#later.get("together");
      this.#together = loaded && new loaded.Together(this.#parts, this.#voting);
    }
    if (this.#together) this.#together.update(used, shown);
    else for (const name of SECTIONS) show(this.#parts[`vote-${name}`], name === used);
  }

  /** The server has gone back: what this person wrote since is there again to be sent.
   *
   *  @param {Wire.AnyComment[]} comments
   */
  #lost(comments) {
    this.#cards.finish();
    for (const comment of comments) {
      if (comment.deleted || !this.#talk.contributions.has(comment.id)) continue;
      this.#views.notices.say(t("comment-lost"));
      this.#cards.get(comment.option)?.talk.restore({ ...comment, type: "comment" });
    }
  }

  /** @param {{ message: any, reason: string }} of */
  #refused({ message, reason }) {
    this.#views.notices.refused({ message, reason });
    if (message.type === "propose") this.#views.proposals.restore(message);
    if (message.type === "react")
      this.#talk.contributions.set(!message.on, message.comment, message.emoji);
    this.#cards.finish();
    const option = message.option ?? this.#live.state.comments.get(message.comment)?.option;
    if (message.type === "comment" || message.type === "edit_comment")
      this.#cards.get(option)?.talk.restore(message);
  }
}

/** What stands at the head of the page since the meeting came to it.
 *
 *  @param {Parts} page
 *  @param {BoardState} state
 *  @returns {News | ""}
 */
function newsOf(page, { board }) {
  if (!page.decision.hidden) return board.deferral ? "deferral" : "decision";
  return page.outcome.hidden ? "" : "result";
}

startPage(function* start() {
  if (!("WebSocket" in window)) {
    new Notices(part(document, "notices")).say(t("line-unsupported"), { isBad: false });
    return;
  }
  const page = new BallotPage(document.body.dataset.code ?? "");
  yield;
  page.start();
});
