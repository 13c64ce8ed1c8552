/** The ballot: the page on everybody's phone. */

import { Decision } from "../board/decision.js";
import { Herald } from "../board/herald.js";
import { remember } from "../board/known_boards.js";
import { Notices } from "../board/notices.js";
import { PhaseLine } from "../board/phase_line.js";
import { Ranking } from "../board/ranking.js";
import { Rules } from "../board/rules.js";
import { verdict } from "../board/standing.js";
import { optionsById, shownOptions } from "../board/votable.js";
import { paint, part, parts, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { LiveBoard } from "../live/live_board.js";
import { methods } from "../methods/index.js";
import { words } from "../words.js";
import { BottomBar } from "./bottom_bar.js";
import { NameForm } from "./name_form.js";
import { Older } from "../talk/older.js";
import { Threads } from "../talk/threads.js";
import { AllTalk } from "./all_talk.js";
import { OptionCard } from "./option_card.js";
import { Own } from "./own.js";

const RESULTS_ON_TOP = new Set(["revealed", "decided"]);

class BallotPage {
  #live;
  #parts = parts(document);
  #talk;
  #cards;
  #views;

  constructor(code) {
    this.#live = new LiveBoard(code, "ballot");
    const live = this.#live;
    const talk = { live, own: new Own(code), older: new Older(live, code), threads: new Threads() };
    this.#talk = talk;
    this.#cards = new KeyedList(this.#parts.cards, {
      key: ({ option }) => option.id,
      make: (item, rendered) => new OptionCard(rendered, { talk, tap: (option, isOn) => this.#tap(option, isOn) }),
    });
    this.#views = {
      phase: new PhaseLine(document, live.clock),
      rules: new Rules(this.#parts.rules),
      decision: new Decision(this.#parts.decision),
      ranking: new Ranking(this.#parts.outcome),
      bottom: new BottomBar(document, { withdraw: () => this.#withdraw(), none: () => this.#vote(methods.approval.none) }),
      name: new NameForm(this.#parts["name-form"], live),
      notices: new Notices(this.#parts.notices),
      herald: new Herald(),
      allTalk: new AllTalk(this.#parts["all-talk"], this.#parts, talk),
    };
    live.addEventListener("change", () => this.#update());
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
    for (const view of [views.phase, views.rules, views.decision, views.name, views.herald]) view.update(state);
    setText(this.#parts.title, state.board.title);
    setText(this.#parts.context, state.board.context);
    show(this.#parts.context, Boolean(state.board.context));
    this.#updateOutcome(state);
    this.#updateCards(state);
    remember(state);
  }

  #updateOutcome(state) {
    const isShown = Boolean(state.result) && RESULTS_ON_TOP.has(state.phase);
    show(this.#parts.outcome, isShown);
    if (!isShown) return;
    this.#views.ranking.update(state);
    setText(this.#parts["outcome-words"], verdict(state));
    setText(this.#parts["outcome-voters"], words.voted(state.current.voters));
  }

  #updateCards(state) {
    const { round, result, current } = state;
    const options = shownOptions(state);
    const method = methods[round?.method];
    const ballot = this.#ballot;
    const chosen = method?.chosen(ballot) ?? new Set();
    const { threads } = this.#talk;
    threads.update(this.#live);
    show(this.#parts["no-options"], !options.length);
    this.#cards.render(
      options.map((option) => {
        const isListed = Boolean(method) && round.options.includes(option.id);
        // Once the result is there, a control that does nothing is in the way of it.
        const isOffered = isListed && (!RESULTS_ON_TOP.has(state.phase) || chosen.has(option.id));
        return {
          option,
          control: {
            kind: isOffered ? method.control : null,
            name: option.name,
            group: `round-${round?.n}`,
            isOn: chosen.has(option.id),
            isOpen: state.acceptsVotes,
            aside: round && !isListed ? words.notInRound : "",
          },
          threads: threads.of(option.id),
          total: result?.totals[option.id],
          voters: current?.voters ?? 0,
        };
      }),
    );
    this.#views.allTalk.update();
    const byId = optionsById(state);
    this.#views.bottom.update({ live: this.#live, ballot, chosen, names: [...chosen].map((id) => byId.get(id)?.name ?? id), of: round?.options.length ?? 0, canRefuse: Boolean(method?.none) });
  }

  /** What this person has chosen last, whether or not the server has it yet. */
  get #ballot() {
    const { state, outbox } = this.#live;
    const waiting = state.round ? outbox.ballot(state.round.n) : undefined;
    return waiting === undefined ? state.ballot : waiting;
  }

  #tap(option, isOn) {
    const { round } = this.#live.state;
    const ballot = methods[round.method].tapped(this.#ballot, option, isOn);
    if (ballot) this.#vote(ballot);
    else this.#withdraw();
  }

  #vote(ballot) {
    this.#live.tell({ type: "vote", round: this.#live.state.round.n, ballot });
  }

  #withdraw() {
    this.#live.tell({ type: "withdraw", round: this.#live.state.round.n });
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
