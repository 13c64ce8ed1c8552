/** Who comes in: a crowd, who waits to be let in, and how many came in which minute. */

import { element, setShare, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";

const w = words.host.door;
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

export class Door {
  #parts;
  #live;
  #fail;
  #waiting;
  #minutes;

  /** `fail(words)` says why something could not be done. */
  constructor(page, live, fail) {
    this.#parts = page;
    this.#live = live;
    this.#fail = fail;
    this.#waiting = new KeyedList(page["door-list"], { make: (newcomer) => this.#row(newcomer) });
    this.#minutes = new KeyedList(page["door-minutes"], { key: ({ at }) => String(at), make: minuteRow });
    page["door-all"].addEventListener("click", () => this.#ask({ type: "admit" }));
    page["door-close"].addEventListener("click", () => this.#ask({ type: "set_board", settings: { entry: "admitted" } }));
  }

  update({ door, people, board }) {
    if (!door) return;
    const parts = this.#parts;
    const waiting = people.waiting ?? 0;
    const crowd = board.settings.entry === "open" ? door.crowd : null;
    show(parts["door-crowd"], crowd !== null);
    if (crowd) setText(parts["door-crowd-words"], w.crowd(crowd.seats, crowd.networks));
    show(parts["door-waiting"], waiting > 0);
    if (waiting) {
      setText(parts["door-words"], w.waiting(waiting));
      setText(parts["door-all"], w.letAllIn(waiting));
    }
    this.#waiting.render(waiting ? door.waiting : []);
    const came = door.arrivals.filter(({ seats }) => seats > 0);
    const most = Math.max(...came.map(({ seats }) => seats), 1);
    show(parts["door-came"], came.length > 0);
    setText(parts["door-came-words"], w.came(came.reduce((sum, { seats }) => sum + seats, 0), 15));
    this.#minutes.render(came.map((minute) => ({ ...minute, share: minute.seats / most })));
    show(parts.door, crowd !== null || waiting > 0 || came.length > 0);
  }

  #row({ id }) {
    const name = element("span");
    const letIn = element("button", { type: "button", className: "button button-small", text: w.letIn, on: { click: () => this.#ask({ type: "admit", who: [id] }) } });
    return {
      element: element("li", {}, name, letIn),
      update(newcomer) {
        setText(name, newcomer.name ?? w.unnamed);
        letIn.setAttribute("aria-label", `${w.letIn}: ${newcomer.name ?? w.unnamed}`);
      },
    };
  }

  #ask(message) {
    this.#live.ask(message).catch((refusal) => this.#fail(refusal.message));
  }
}

function minuteRow() {
  const text = element("span");
  const bar = element("span", { className: "door-bar", "aria-hidden": "true" });
  return {
    element: element("li", { className: "door-minute" }, text, bar),
    update({ at, seats, networks, share }) {
      setText(text, w.minute(TIME.format(at), seats, networks));
      setShare(bar, share);
    },
  };
}
