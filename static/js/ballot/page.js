/** The ballot: the page on everybody's phone. */

import { Decision } from "../board/decision.js";
import { Evidence } from "../board/evidence/evidence.js";
import { Herald } from "../board/herald.js";
import { remember } from "../board/known_boards.js";
import { measure } from "../board/measure.js";
import { Notices } from "../board/notices.js";
import { OpenBallots } from "../board/open_ballots.js";
import { PhaseLine } from "../board/phase_line.js";
import { Ranking } from "../board/ranking.js";
import { RoundsBeside } from "../board/rounds_beside.js";
import { Rules } from "../board/rules.js";
import { paint, part, parts, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { LiveBoard } from "../live/live_board.js";
import { words } from "../words.js";
import { MatrixForm } from "./matrix/matrix_form.js";
import { NameForm } from "./name_form.js";
import { Older } from "../talk/older.js";
import { Threads } from "../talk/threads.js";
import { AllTalk } from "./all_talk.js";
import { EntryNote } from "./entry_note.js";
import { OptionCard } from "./option_card.js";
import { Own } from "./own.js";
import { RankingList } from "./ranking/ranking_list.js";
import { Receipt } from "./receipt.js";
import { Voting } from "./voting.js";
import { WatchSwitch } from "./watch_switch.js";

const BALLOT = new Set(["vote", "withdraw"]);

class BallotPage {
  #live;
  #parts = parts(document);
  #talk;
  #voting;
  #cards;
  #views;

  constructor(code) {
    this.#live = new LiveBoard(code, "ballot");
    const live = this.#live;
    const talk = { live, own: new Own(code), older: new Older(live, code), threads: new Threads() };
    const voting = new Voting(live);
    const notices = new Notices(this.#parts.notices);
    this.#talk = talk;
    this.#voting = voting;
    this.#cards = new KeyedList(this.#parts.cards, {
      key: ({ option }) => option.id,
      make: (item, rendered) => new OptionCard(rendered, { talk, change: (...what) => voting.change(...what) }),
    });
    this.#views = {
      phase: new PhaseLine(document, live.clock),
      rules: new Rules(this.#parts.rules),
      decision: new Decision(this.#parts.decision),
      ranking: new Ranking(this.#parts.outcome),
      evidence: new Evidence(this.#parts.outcome),
      openBallots: new OpenBallots(this.#parts.outcome, code),
      receipt: new Receipt(document, { code, withdraw: () => voting.vote(null), none: () => voting.vote(voting.method.none), lost: () => notices.say(words.lost.ballot) }),
      name: new NameForm(this.#parts.you, live),
      notices,
      entry: new EntryNote(this.#parts.entry, code),
      watch: new WatchSwitch(this.#parts.watch, live, (text) => notices.say(text)),
      rounds: new RoundsBeside(this.#parts.rounds, this.#parts["rounds-body"], code),
      herald: new Herald(),
      allTalk: new AllTalk(this.#parts["all-talk"], this.#parts, talk),
      // The methods by which all options are voted on together, by the name of their section.
      together: { ranking: new RankingList(this.#parts["vote-ranking"], (ballot) => voting.vote(ballot)), matrix: new MatrixForm(this.#parts["vote-matrix"], (...what) => voting.change(...what)) },
    };
    live.addEventListener("change", () => this.#update());
    live.addEventListener("taken", ({ detail }) => BALLOT.has(detail.type) && this.#views.receipt.saved(detail, live.clock.now(), live.state.epoch));
    live.addEventListener("lost", ({ detail }) => this.#lost(detail));
    live.addEventListener("refused", (event) => this.#refused(event.detail));
  }

  start() {
    this.#live.start();
    this.#views.phase.start();
  }

  #update() {
    const { state } = this.#live;
    const views = this.#views;
    views.notices.update(this.#live);
    if (!state.ready) return;
    for (const view of [views.phase, views.rules, views.decision, views.entry, views.watch, views.rounds, views.openBallots, views.name, views.herald]) view.update(state);
    setText(this.#parts.title, state.board.title);
    setText(this.#parts.context, state.board.context);
    show(this.#parts.context, Boolean(state.board.context));
    this.#updateOutcome(state);
    this.#updateVote(state);
    remember(state);
  }

  #updateOutcome(state) {
    const isShown = Boolean(state.result) && this.#voting.isOver;
    show(this.#parts.outcome, isShown);
    if (!isShown) return;
    this.#views.ranking.update(state);
    this.#views.evidence.update(state);
    setText(this.#parts["outcome-words"], state.decidedBy);
    setText(this.#parts["outcome-voters"], words.voted(state.current.voters));
  }

  #updateVote(state) {
    const voting = this.#voting;
    const { about, options, ballot, isOpen } = voting;
    this.#updateCards(state, about, options);
    this.#updateTogether({ about, ballot, isOpen, options: options.filter(({ id }) => about.options.includes(id)) });
    this.#views.receipt.update({ live: this.#live, voting, about });
  }

  #updateCards(state, about, options) {
    const { result } = state;
    const { threads } = this.#talk;
    threads.update(this.#live);
    const measured = result && measure(state);
    show(this.#parts["no-options"], !options.length);
    this.#cards.render(
      options.map((option) => {
        const total = result?.totals[option.id];
        return {
          option,
          control: this.#voting.control(option, about),
          threads: threads.of(option.id),
          outcome: total === undefined ? null : { share: measured.share(total), words: measured.inCard(total, option.id) },
        };
      }),
    );
    this.#views.allTalk.update();
  }

  #updateTogether(shown) {
    const { method, isUsed: mayVote } = this.#voting;
    for (const [name, view] of Object.entries(this.#views.together)) {
      const isUsed = method?.section === name && mayVote;
      show(this.#parts[`vote-${name}`], isUsed);
      if (isUsed) view.update(shown);
    }
  }

  /** The server has gone back: what this person wrote since is there again to be sent. */
  #lost(comments) {
    for (const comment of comments.filter(({ id, deleted }) => !deleted && this.#talk.own.has(id))) {
      this.#views.notices.say(words.lost.comment);
      this.#cards.get(comment.option)?.talk.restore({ type: "comment", ...comment });
    }
  }

  #refused({ message, reason }) {
    this.#views.notices.refused({ message, reason });
    if (message.type === "react") this.#talk.own.set(!message.on, message.comment, message.emoji);
    const option = message.option ?? this.#live.state.comments.get(message.comment)?.option;
    if (message.type === "comment" || message.type === "edit_comment") this.#cards.get(option)?.talk.restore(message);
  }
}

paint();
if ("WebSocket" in window) new BallotPage(document.body.dataset.code).start();
else new Notices(part(document, "notices")).say(words.line.unsupported, { isBad: false });
