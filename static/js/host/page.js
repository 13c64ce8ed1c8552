/** The host's console. */

import { Announcer } from "../announcer.js";
import { Decision } from "../board/decision.js";
import { Evidence } from "../board/evidence/evidence.js";
import { remember } from "../board/known_boards.js";
import { Notices } from "../board/notices.js";
import { OpenBallots } from "../board/open_ballots.js";
import { PhaseLine } from "../board/phase_line.js";
import { Ranking } from "../board/ranking.js";
import { RoundsBeside } from "../board/rounds_beside.js";
import { Rules } from "../board/rules.js";
import { paint, part, parts, setText, show } from "../dom.js";
import { LiveBoard } from "../live/live_board.js";
import { words } from "../words.js";
import { startCopyButtons } from "./copy.js";
import { Decide } from "./decide.js";
import { Door } from "./door.js";
import { EditBoard } from "./edit_board.js";
import { History } from "./history.js";
import { Hosts } from "./hosts.js";
import { Invites } from "./invites.js";
import { NextStep } from "./next_step.js";
import { Options } from "./options.js";
import { People } from "./people.js";
import { RoundForm } from "./round_form.js";
import { Settings } from "./settings.js";
import { Steps } from "./steps.js";
import { Talk } from "./talk.js";

class HostPage {
  #live;
  #parts = parts(document);
  #notices = new Notices(this.#parts.notices);
  #ranking = new Ranking(this.#parts.results);
  #evidence = new Evidence(this.#parts.results);
  #phaseLine;
  #views;

  constructor(code) {
    const live = new LiveBoard(code, "host");
    const page = this.#parts;
    const fail = (text) => this.#notices.say(text);
    const announcer = new Announcer();
    const people = { live, fail, announcer };
    this.#live = live;
    this.#phaseLine = new PhaseLine(document, live.clock);
    const options = new Options(page, live);
    const roundForm = new RoundForm(live);
    const decide = new Decide(live);
    const editBoard = new EditBoard(live);
    this.#views = [
      this.#phaseLine,
      options,
      new Rules(page.rules),
      new Decision(page.decision),
      new Steps(page),
      new People(page),
      new Door(page, live, fail),
      new Settings(page.settings, (settings) => live.ask({ type: "set_board", settings }), fail),
      new Talk(page, live, (type, comment, on) => live.ask({ type, comment, on }).catch((refusal) => fail(refusal.message))),
      new OpenBallots(page.results, code),
      new RoundsBeside(page.rounds, page["rounds-body"], code),
      new History(page.history, page["history-list"], code, people),
      new Hosts(page, code, people),
      new Invites(page, code, people),
      new NextStep(page.next, {
        ...people,
        dialogs: {
          openRound: () => roundForm.open(),
          runOff: (tied) => roundForm.open({ options: tied, heading: words.host.runOffHeading }),
          decide: () => decide.open(),
          addOption: () => options.add(),
        },
      }),
    ];
    part(document, "add-option").addEventListener("click", () => options.add());
    part(document, "edit-board").addEventListener("click", () => editBoard.open());
    startCopyButtons(document, announcer);
    live.addEventListener("change", () => this.#update());
  }

  start() {
    this.#live.start();
    this.#phaseLine.start();
  }

  #update() {
    const { state } = this.#live;
    this.#notices.update(this.#live);
    if (!state.ready) return;
    for (const view of this.#views) view.update(state);
    setText(this.#parts.title, state.board.title);
    this.#showResults(state);
    remember(state);
  }

  #showResults(state) {
    const { results, "results-none": none, "results-title": title, "outcome-words": sentence } = this.#parts;
    const { result, round } = state;
    show(results, Boolean(result));
    show(none, !result);
    setText(none, round ? words.host.hiddenResults : words.host.noResults);
    const isOnlyHost = round?.state !== "revealed" && round?.settings.visibility !== "live";
    setText(title, result && isOnlyHost ? words.host.onlyYou : words.host.results);
    if (!result) return;
    setText(sentence, state.decidedBy);
    this.#ranking.update(state);
    this.#evidence.update(state);
  }
}

paint();
if ("WebSocket" in window) new HostPage(document.body.dataset.code).start();
else new Notices(part(document, "notices")).say(words.line.unsupported, { isBad: false });
