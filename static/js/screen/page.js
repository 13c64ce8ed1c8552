/** The shared screen: what the whole room looks at. */

import { Herald } from "../board/herald.js";
import { PhaseLine } from "../board/phase_line.js";
import { Ranking } from "../board/ranking.js";
import { Rules } from "../board/rules.js";
import { decidingPair, duel } from "../board/evidence/duel.js";
import { optionsById, shownOptions } from "../board/votable.js";
import { element, paint, parts, setHue, setShare, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { LiveBoard } from "../live/live_board.js";
import { words } from "../words.js";
import { Keys } from "./keys.js";
import { Said } from "./said.js";
import { StatusLine } from "./status_line.js";
import { WakeLock } from "./wake_lock.js";

/** More is read on the phones. */
const MOST_INSIGHTS = 2;
/** With more options than this, the bars need all the room. */
const MOST_WITH_DUEL = 10;

/** What stands out beside the verdict. By how much the first one leads, or that it is a tie,
 *  the verdict says itself, other than in a matrix, which is decided by means. */
function asides({ round, current }) {
  const told = new Set(round.method === "matrix" ? [] : ["margin", "tie"]);
  return (current.insights ?? []).filter(({ kind }) => !told.has(kind)).slice(0, MOST_INSIGHTS).map(({ text }) => text).join(" ");
}

function decided(state) {
  const { option } = state.board.decision;
  return words.announce.decided(optionsById(state).get(option)?.name ?? option);
}

class ScreenPage {
  #live;
  #parts = parts(document);
  #views;
  #wasHidden = false;
  #isRevealing = false;

  constructor(code) {
    const live = new LiveBoard(code, "screen");
    const status = new StatusLine(this.#parts.line);
    this.#live = live;
    this.#views = {
      status,
      phase: new PhaseLine(document, live.clock),
      rules: new Rules(this.#parts.rules),
      ranking: new Ranking(this.#parts.results),
      said: new Said(this.#parts.said),
      keys: new Keys(document, live, (text, ms) => status.say(text, ms)),
      names: new KeyedList(this.#parts.names, { make: (option, rendered) => new Name(rendered) }),
      herald: new Herald(),
    };
    live.addEventListener("change", () => this.#update());
  }

  start() {
    this.#live.start();
    this.#views.phase.start();
    this.#views.keys.start();
    new WakeLock().start();
  }

  #update() {
    const { state } = this.#live;
    const views = this.#views;
    views.status.update(this.#live);
    if (!state.ready) return;
    for (const view of [views.phase, views.rules, views.said, views.keys, views.herald]) view.update(state);
    this.#showTitle(state.board.title);
    this.#showTurnout(state);
    this.#showStage(state);
  }

  #showTitle(title) {
    setText(this.#parts.title, title);
    this.#parts.title.dataset.length = title.length > 110 ? "long" : title.length > 60 ? "middle" : "short";
  }

  #showStage(state) {
    const { screen, results, "turnout-big": turnout, setup, "options-list": options } = this.#parts;
    const shows = state.result ? "results" : state.round ? "turnout" : "setup";
    screen.dataset.shows = shows;
    show(results, shows === "results");
    show(turnout, shows === "turnout");
    show(setup, shows === "setup");
    show(options, shows !== "results");
    if (shows === "setup") this.#showCall(state);
    if (shows === "results") this.#showResults(state);
    else this.#views.names.render(shownOptions(state));
    this.#wasHidden = shows === "turnout";
  }

  /** Before the first round; what is decided without one is said here, too. */
  #showCall(state) {
    const { decision, settings } = state.board;
    setText(this.#parts.call, decision ? decided(state) : words.screenCall[settings.entry]);
    setText(this.#parts.because, decision?.because ?? "");
  }

  #showResults(state) {
    this.#views.ranking.update(state);
    if (this.#wasHidden && state.round.state === "revealed") this.#reveal();
    const { verdict: node } = this.#parts;
    const isOver = state.phase === "revealed" || state.phase === "decided";
    show(node, isOver);
    node.toggleAttribute("data-waits", this.#isRevealing);
    this.#showDuel(state, isOver);
    if (!isOver) return;
    const { decision } = state.board;
    const [loud, quiet] = decision ? [decided(state), decision.because] : [state.decidedBy, asides(state)];
    node.toggleAttribute("data-decided", Boolean(decision));
    node.replaceChildren(element("b", { text: loud }), element("span", { text: quiet }));
  }

  #showDuel(state, isOver) {
    const { duel: place } = this.#parts;
    const { result, current } = state;
    const pair = isOver && result.order.flat().length <= MOST_WITH_DUEL ? decidingPair(state) : null;
    show(place, Boolean(pair));
    place.toggleAttribute("data-waits", this.#isRevealing);
    place.replaceChildren(...(pair ? [duel(pair, result, current.voters, optionsById(state))] : []));
  }

  /** The verdict would spoil it: it comes when the last bar stands, and has its place till then. */
  async #reveal() {
    this.#isRevealing = true;
    await this.#views.ranking.reveal();
    this.#isRevealing = false;
    this.#update();
  }

  #showTurnout(state) {
    const { voted, here } = state.turnout;
    const share = here ? voted / here : 0;
    const { ring, turnout, "ring-voted": number, "ring-of": of, "turnout-words": sentence } = this.#parts;
    setShare(ring, share);
    setText(number, String(voted));
    setText(of, here ? words.ringOf(here) : words.ringNobody);
    setShare(turnout, share);
    const isHidden = state.round && !state.result;
    setText(sentence, isHidden && !state.acceptsVotes ? words.closedWith(state.current?.voters ?? voted) : isHidden && here > voted ? words.stillChoosing(here - voted) : words.turnout(voted, here));
    show(turnout, Boolean(state.round));
  }
}

class Name {
  constructor(rendered) {
    this.element = rendered ?? element("li", { className: "option" }, element("span"));
  }

  update({ name, hue }) {
    setHue(this.element, hue);
    setText(this.element.firstElementChild, name);
  }
}

paint();
if ("WebSocket" in window) new ScreenPage(document.body.dataset.code).start();
else document.querySelector("[data-part=line]").textContent = words.line.unsupported;
