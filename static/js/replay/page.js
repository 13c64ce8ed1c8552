/** The replay of a meeting: a line of time to play and to scrub, and what was so at that time. */

import { Announcer } from "../announcer.js";
import { callApi } from "../api.js";
import { Ranking } from "../board/ranking.js";
import { startPage, element, part, parts, setText, show } from "../dom.js";
import { LatestComments } from "../screen/latest_comments.js";
import { dateFormat, listOf, t } from "../words.js";
import { Line, phaseOf } from "./line.js";
import { Player } from "./player.js";

const TIME = dateFormat({ dateStyle: "medium", timeStyle: "medium" });
const CLOCK = dateFormat({ timeStyle: "medium" });

/** An arrow moves by this share of the line, and by no less than this on it. */
const STEPS = 100;
const LEAST_STEP_MS = 1000;

/** @typedef {import("./line.js").Shown} Shown */

class ReplayPage {
  #parts = parts(document);
  #announcer = new Announcer();
  #ranking = new Ranking(this.#parts.results);
  #comments = new LatestComments(this.#parts["latest-comments"]);
  #replay;
  #line;
  #player;
  #options;
  #shown = { moments: -1, comments: -1 };

  /** @param {Wire.Replay} replay */
  constructor(replay) {
    this.#replay = replay;
    this.#options = new Map(replay.options.map((option) => [option.id, option]));
    this.#line = new Line(replay);
    this.#player = new Player(this.#line.length, () => this.#update());
  }

  start() {
    const { hides_round: hidden, comments, moments } = this.#replay;
    const isEmpty = moments.length < 2 && !comments.length;
    const ends = hidden ? t("replay-hides", { round: hidden }) : "";
    const notice = ends || (isEmpty ? t("replay-empty") : "");
    setText(this.#parts.notice, notice);
    show(this.#parts.notice, Boolean(notice));
    if (isEmpty) return;
    show(this.#parts.player, true);
    this.#parts["more-comments"].textContent = t("replay-more", { n: this.#replay.more_comments });
    show(this.#parts["more-comments"], this.#replay.more_comments > 0);
    this.#startControls();
    this.#drawMarks();
    this.#player.seek(0);
  }

  #startControls() {
    const { play, line, speed } = this.#parts;
    line.max = String(this.#line.length);
    line.step = String(Math.max(LEAST_STEP_MS, Math.ceil(this.#line.length / STEPS)));
    // Its own steps would not reach every place.
    const step = Number(line.step);
    line.step = "any";
    line.addEventListener("input", () => this.#player.seek(Number(line.value)));
    play.addEventListener("click", () => this.#player.toggle());
    speed.addEventListener("change", () => this.#player.setSpeed(Number(speed.value)));
    this.#player.setSpeed(Number(speed.value));
    document.addEventListener("keydown", (event) => this.#press(event, step));
  }

  /** @param {KeyboardEvent} event @param {number} step */
  #press(event, step) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || target.closest("select")) return;
    const moves = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step };
    const isLine = target === this.#parts.line;
    if (event.key === " " && !target.closest("button, a")) this.#player.toggle();
    else if (event.key in moves && (isLine || /Left|Right/.test(event.key)))
      this.#player.seek(this.#player.place + moves[/** @type {keyof typeof moves} */ (event.key)]);
    else return;
    event.preventDefault();
  }

  #drawMarks() {
    const { ticks, jumps } = this.#parts;
    let round = 0;
    for (const moment of this.#replay.moments) {
      round = moment.round ?? round;
      if (!moment.mark) continue;
      const place = this.#line.placeOf(moment.at);
      const tick = element("i", { data: { mark: moment.mark } });
      tick.style.setProperty("--place", String(this.#line.length ? place / this.#line.length : 0));
      ticks.append(tick);
      const time = element("time", { className: "soft num", text: CLOCK.format(moment.at) });
      const name = element("span", { text: t("replay-mark", { mark: moment.mark, round }) });
      const jump = element("button", { type: "button", className: "button button-small" });
      jump.append(name, time);
      jump.addEventListener("click", () => this.#player.seek(place));
      jumps.append(element("li", {}, jump));
    }
  }

  #update() {
    const player = this.#player;
    const at = this.#line.timeAt(player.place);
    const counts = this.#line.countsAt(at);
    const shown = this.#line.after(counts.moments);
    const { play, line, time, voted } = this.#parts;
    setText(play, t("replay-play", { does: player.isPlaying ? "pause" : "play" }));
    if (Number(line.value) !== player.place) line.value = String(player.place);
    setText(time, TIME.format(at));
    time.dateTime = new Date(at).toISOString();
    const turnout = shown.round ? this.#turnout(shown) : "";
    setText(voted, turnout);
    const said = [CLOCK.format(at), ...this.#phase(shown), turnout].filter(Boolean);
    line.setAttribute("aria-valuetext", said.join(", "));
    if (counts.moments !== this.#shown.moments) this.#show(shown, counts.moments);
    if (counts.comments !== this.#shown.comments) this.#showComments(counts.comments);
    this.#shown = counts;
  }

  /** @param {Shown} shown */
  #phase(shown) {
    const phase = phaseOf(shown);
    return [
      phase === "deferred" ? t("board-deferred") : t("board-phase", { phase }),
      shown.round ? t("board-round", { n: shown.round }) : "",
    ];
  }

  /** @param {Shown} shown */
  #turnout(shown) {
    const isVague = this.#round(shown)?.stepwise && shown.state !== "revealed";
    if (isVague && !shown.voters) return "";
    return t(isVague ? "replay-voted-least" : "board-voted", { voters: shown.voters });
  }

  /** @param {Shown} shown */
  #round(shown) {
    return this.#replay.rounds.find(({ n }) => n === shown.round);
  }

  /** @param {Shown} shown @param {number} moments */
  #show(shown, moments) {
    const [phase, round] = this.#phase(shown);
    const about = this.#round(shown);
    this.#parts.phase.dataset.phase = phaseOf(shown);
    setText(this.#parts["phase-now"], phase);
    setText(this.#parts["phase-round"], round);
    setText(this.#parts["phase-method"], about ? t("board-method", { method: about.method }) : "");
    this.#ranking.update(/** @type {any} */ (this.#asState(shown)));
    const decided = shown.decision && this.#options.get(shown.decision)?.name;
    const isOver = phaseOf(shown) === "decided";
    setText(this.#parts.outcome, decided ? t("board-now-decided", { option: decided }) : "");
    show(this.#parts.outcome, Boolean(decided) && isOver);
    const out = shown.out.map((id) => this.#options.get(id)?.name ?? id);
    setText(this.#parts.out, out.length ? t("gates-out", { options: listOf(out) }) : "");
    show(this.#parts.out, out.length > 0);
    const stepwise = about?.stepwise ? t("replay-stepwise", { n: this.#replay.group }) : "";
    setText(this.#parts.stepwise, stepwise);
    show(this.#parts.stepwise, Boolean(stepwise));
    this.#showSaid(moments === this.#replay.moments.length);
    const { mark } = this.#replay.moments[moments - 1] ?? {};
    if (this.#player.isPlaying && mark)
      this.#announcer.now(t("replay-mark", { mark, round: shown.round }));
  }

  /** What people say to the outcome: at the end, because when each said it is not told.
   *
   *  @param {boolean} isEnd
   */
  #showSaid(isEnd) {
    const { commitment, risks = [] } = this.#replay;
    const { commit = 0, reservation = 0, block = 0 } = commitment ?? {};
    const hasCounts = commit + reservation + block > 0;
    const { said, "said-counts": counts, "said-risks": list } = this.#parts;
    show(said, isEnd && (hasCounts || risks.length > 0));
    setText(counts, hasCounts ? t("stances-counts", { commit, reservation, block }) : "");
    list.replaceChildren(...risks.map(({ text }) => element("li", { text })));
  }

  /** The same in the shape of a board, for the bars.
   *
   *  @param {Shown} shown
   */
  #asState(shown) {
    const about = this.#round(shown);
    const ids = about ? Object.keys(about.options) : shown.options;
    const named = ids.map((id) => ({
      ...this.#options.get(id),
      id,
      name: about?.options[id] ?? this.#options.get(id)?.name ?? id,
    }));
    const { totals = ids.map(() => 0), order = [ids.map((_, n) => n)] } = shown.bars ?? {};
    const { winners = [], no_opinion: blank } = shown.bars ?? {};
    const byId = (/** @type {number[]} */ numbers) =>
      Object.fromEntries(ids.map((id, n) => [id, numbers[n] ?? 0]));
    const result = {
      order: order.map((group) => group.map((n) => ids[n])),
      winners: winners.map((n) => ids[n]),
      totals: byId(totals),
      no_opinion: blank && byId(blank),
    };
    return {
      board: { options: named },
      phase: phaseOf(shown),
      round: { method: about?.method ?? "single", settings: about?.settings ?? {}, options: ids },
      current: { voters: shown.voters },
      counted: shown.voters,
      result,
    };
  }

  /** @param {number} count */
  #showComments(count) {
    setText(this.#parts["talk-title"], t("replay-comments", { n: count }));
    const comments = this.#replay.comments.slice(0, count).map((comment, n) => {
      const { reply, ...said } = comment;
      return { ...said, id: String(n), parent: reply ? "" : null, pinned: false, hidden: false };
    });
    this.#comments.update(
      /** @type {any} */ ({
        commentsVersion: count,
        board: { options: this.#replay.options },
        comments: new Map(comments.map((comment) => [comment.id, comment])),
      }),
    );
  }
}

async function start() {
  const { code } = document.body.dataset;
  try {
    new ReplayPage(await callApi(`/api/boards/${code}/replay`)).start();
  } catch (error) {
    setText(part(document, "notice"), /** @type {Error} */ (error).message);
  }
}

startPage(() => void start());
