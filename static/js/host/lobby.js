/** Who comes in: a crowd, who waits to be let in, and how many came in which minute. */

import { element, keepFocus, setShare, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { dateFormat, t } from "../words.js";

/** @param {number} at */
const asTime = (at) => dateFormat({ timeStyle: "short" }).format(at);

export class Lobby {
  #parts;
  #live;
  #fail;
  #waiting;
  #minutes;
  /** In which minute how many came.
   *  @type {(Wire.Minute & { share: number })[]} */
  #came = [];

  /** `fail(words)` says why something could not be done.
   *
   *  @param {Parts} page
   *  @param {LiveBoard} live
   *  @param {Fail} fail
   */
  constructor(page, live, fail) {
    this.#parts = page;
    this.#live = live;
    this.#fail = fail;
    this.#waiting = new KeyedList(page["lobby-list"], { make: (newcomer) => this.#row(newcomer) });
    this.#minutes = new KeyedList(page["lobby-minutes"], {
      key: ({ at }) => String(at),
      make: minuteRow,
    });
    page["lobby-came"].addEventListener("toggle", () => this.#showMinutes());
    page["lobby-all"].addEventListener("click", () => this.#ask({ type: "admit" }));
    page["lobby-close"].addEventListener("click", () =>
      this.#ask({ type: "set_board", settings: { entry: "admitted" } }),
    );
  }

  /** @param {BoardState} state */
  update(state) {
    keepFocus(this.#parts.lobby, () => this.#show(state));
  }

  /** @param {BoardState} of */
  #show({ lobby, people, board }) {
    if (!lobby) return;
    const parts = this.#parts;
    const waiting = people.waiting ?? 0;
    const crowd = board.settings.entry === "open" ? lobby.crowd : null;
    show(parts["lobby-crowd"], crowd !== null);
    if (crowd) setText(parts["lobby-crowd-words"], t("lobby-crowd", crowd));
    show(parts["lobby-waiting"], waiting > 0);
    if (waiting) {
      setText(parts["lobby-words"], t("lobby-waiting", { n: waiting }));
      setText(parts["lobby-all"], t("lobby-let-all-in", { n: waiting }));
    }
    this.#waiting.render(waiting ? lobby.waiting : []);
    const came = lobby.arrivals.filter(({ seats }) => seats > 0);
    const most = Math.max(...came.map(({ seats }) => seats), 1);
    show(parts["lobby-came"], came.length > 0);
    setText(
      parts["lobby-came-words"],
      t("lobby-came", { n: came.reduce((sum, { seats }) => sum + seats, 0), minutes: 15 }),
    );
    this.#came = came.map((minute) => ({ ...minute, share: minute.seats / most }));
    this.#showMinutes();
    show(parts.lobby, crowd !== null || waiting > 0 || came.length > 0);
  }

  /** Only while they are unfolded: to format a first time takes a phone long. */
  #showMinutes() {
    if (this.#parts["lobby-came"].open) this.#minutes.render(this.#came);
  }

  /** @param {Wire.Newcomer} of */
  #row({ id }) {
    const name = element("span");
    const letIn = element("button", {
      type: "button",
      className: "button button-small",
      text: t("lobby-let-in"),
      on: { click: () => this.#ask({ type: "admit", who: [id] }) },
    });
    return {
      element: element("li", {}, name, letIn),
      /** @param {any} newcomer */
      update(newcomer) {
        setText(name, newcomer.name ?? t("lobby-unnamed"));
        letIn.setAttribute(
          "aria-label",
          newcomer.name
            ? t("lobby-let-in-label", { name: newcomer.name })
            : t("lobby-let-in-unnamed"),
        );
      },
    };
  }

  /** @param {Unsent} message */
  #ask(message) {
    this.#live.request(message).catch((refusal) => this.#fail(refusal.message));
  }
}

function minuteRow() {
  const text = element("span");
  const bar = element("span", { className: "lobby-bar", "aria-hidden": "true" });
  return {
    element: element("li", { className: "lobby-minute" }, text, bar),
    /** @param {Wire.Minute & { share: number }} of */
    update({ at, seats, networks, share }) {
      setText(text, t("lobby-minute", { time: asTime(at), seats, networks }));
      setShare(bar, share);
    },
  };
}
