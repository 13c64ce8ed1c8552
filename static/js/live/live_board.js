/** One board, live: what the server said, what is on its way, and the line between.
 *
 *  Fires `change` after anything changed (gathered, once a tick), `taken` when the server has
 *  something this person did (`detail`: the message), `refused` when it turned it down
 *  (`detail`: the message and the words), and `lost` when its store went back to before comments
 *  that were here (`detail`: those comments).
 */

import { words } from "../words.js";
import { Clock } from "./clock.js";
import { Connection } from "./connection.js";
import { newId } from "./new_id.js";
import { Outbox } from "./outbox.js";
import { BoardState } from "./state.js";
import { kept } from "./storage.js";

/** What `setTimeout` can count to. */
const LONGEST_TIMER_MS = 2 ** 31 - 2;

export const NAME_KEY = "stackvote:name";

export class LiveBoard extends EventTarget {
  clock = new Clock();
  state = new BoardState(this.clock);

  #view;
  #due = false;
  #deadline = null;
  #asked = new Map();

  constructor(code, view) {
    super();
    this.#view = view;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.outbox = new Outbox(code, (message) => this.#deliver(message), () => this.#change());
    this.line = new Connection(`${scheme}//${location.host}/b/${code}/live${view === "host" ? "?door=1" : ""}`, {
      open: () => this.#greet(),
      message: (message) => this.#hear(message),
      status: () => this.#lineChanged(),
    });
  }

  start() {
    this.outbox.start();
    this.line.start();
  }

  stop() {
    this.outbox.stop();
    this.line.stop();
    clearTimeout(this.#deadline);
  }

  /** True while what is said goes straight to the log. */
  get flows() {
    return this.line.status === "open" && this.state.ready && this.state.store === "ok";
  }

  /** For what must not be lost: it waits in the outbox until the server has it. */
  tell(message) {
    return this.outbox.put(message);
  }

  /** Takes in older comments that were fetched. */
  take(page, option) {
    this.state.take(page, option);
    this.#change();
  }

  /** Takes in earlier replies of a thread that were fetched. */
  takeReplies(page, thread) {
    this.state.takeReplies(page, thread);
    this.#change();
  }

  /** For the host's steps, which nobody wants done ten minutes later: now or not at all.
   *  Gives where it counted, `{ epoch, seq }`. Rejects with words for a person. */
  ask(content) {
    const message = { ...content, id: newId() };
    return new Promise((resolve, reject) => {
      if (!this.line.send(message)) reject(new Error(words.notConnected));
      else this.#asked.set(message.id, { resolve, reject });
    });
  }

  #greet() {
    const name = kept(NAME_KEY);
    this.line.send({ type: "hello", view: this.#view, ...(name && { name }), ...(this.state.since && { since: this.state.since }) });
  }

  /** Nothing goes out before the welcome: it says whether the board is still the same. Nor
   *  while the store is away: all of it would come back. */
  #greeted = false;

  #deliver(message) {
    return this.#greeted && this.state.store === "ok" && this.line.send(message);
  }

  #answers = {
    ack: ({ id, seq }) => {
      this.#asked.get(id)?.resolve({ epoch: this.state.epoch, seq });
      this.#asked.delete(id);
      const message = this.outbox.acked(id);
      if (!message) return;
      this.state.took(message);
      this.dispatchEvent(new CustomEvent("taken", { detail: message }));
    },
    refused: ({ id, code, message: reason }) => {
      this.#asked.get(id)?.reject(new Error(reason));
      this.#asked.delete(id);
      const message = this.outbox.refused(id, code);
      if (message) this.dispatchEvent(new CustomEvent("refused", { detail: { message, reason } }));
    },
    goodbye: ({ retry_after_ms: retryAfterMs }) => this.line.goodbye(retryAfterMs),
    welcome: ({ now }) => {
      this.#greeted = true;
      this.clock.heard(now);
      this.outbox.deliver();
    },
    pulse: ({ now }) => {
      this.clock.heard(now);
      this.outbox.deliver();
    },
  };

  #hear(message) {
    const { epoch, comments } = this.state;
    this.state.apply(message);
    this.#answers[message.type]?.(message);
    this.#change();
    if (epoch !== null && epoch !== this.state.epoch) this.#compare(comments);
  }

  /** In another history of the board what was said last may be missing. Older comments may just
   *  not be here: a long talk comes by pages. */
  #compare(before) {
    const now = this.state.comments;
    const oldest = this.state.olderThan(null) === null ? 0 : Math.min(...[...now.values()].map(({ at }) => at ?? Infinity));
    const lost = [...before.values()].filter(({ id, at }) => !now.has(id) && at >= oldest);
    if (lost.length) this.dispatchEvent(new CustomEvent("lost", { detail: lost }));
  }

  #lineChanged() {
    if (this.line.status !== "open" && this.#greeted) {
      this.#greeted = false;
      this.outbox.lineLost();
      for (const { reject } of this.#asked.values()) reject(new Error(words.brokeMeanwhile));
      this.#asked.clear();
    }
    this.#change();
  }

  #change() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#waitForDeadline();
      this.dispatchEvent(new Event("change"));
    });
  }

  /** Time that runs out is a change that nobody sends. */
  #waitForDeadline() {
    clearTimeout(this.#deadline);
    const { acceptsVotes, round } = this.state;
    if (!acceptsVotes || !round.deadline) return;
    const left = Math.min(round.deadline - this.clock.now(), LONGEST_TIMER_MS);
    this.#deadline = setTimeout(() => this.#change(), left + 1);
  }
}
