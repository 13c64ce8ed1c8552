/** One board, live: its state, the outbox, and the connection to the server.
 *
 *  Fires `change` after anything changed (at most once a tick), `acked` when the server has
 *  something this person did (`detail`: the message), `refused` when it turned it down
 *  (`detail`: the message and the words), and `lost` when its store went back to before comments
 *  that were here (`detail`: those comments).
 */

import { rooted } from "../root.js";
import { t } from "../words.js";
import { Clock } from "./clock.js";
import { Connection } from "./connection.js";
import { newId } from "./new_id.js";
import { Outbox } from "./outbox.js";
import { BoardState } from "./state.js";
import { load } from "./storage.js";

/** What `setTimeout` can count to. */
const LONGEST_TIMER_MS = 2 ** 31 - 2;

export const NAME_KEY = "stackvote:name";

export class LiveBoard extends EventTarget {
  clock = new Clock();
  /** @type {BoardState} */
  state;
  outbox;
  connection;

  #view;
  #isChangeDue = false;
  /** @type {number | undefined} */
  #deadline;
  /** @type {Map<string, { resolve: (at: Position) => void, reject: (why: Error) => void }>} */
  #requests = new Map();

  /** @param {string} code @param {Wire.View} view */
  constructor(code, view) {
    super();
    this.#view = view;
    this.state = new BoardState(this.clock, view);
    this.outbox = this.#outboxOf(code);
    this.connection = this.#connectionTo(code);
  }

  /** @param {string} code */
  #outboxOf(code) {
    return new Outbox(
      code,
      (message) => this.#deliver(message),
      () => this.#change(),
    );
  }

  /** @param {string} code */
  #connectionTo(code) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return new Connection(
      `${scheme}//${location.host}${rooted(`/b/${code}/live`)}${this.#view === "host" ? "?door=1" : ""}`,
      {
        open: () => this.#greet(),
        message: (message) => this.#receive(message),
        status: () => this.#connectionChanged(),
      },
    );
  }

  /** Goes to another board, of which everything is shown in the place of this one.
   *
   *  @param {string} code
   */
  follow(code) {
    this.stop();
    const { commentsVersion } = this.state;
    this.state = new BoardState(this.clock, this.#view);
    this.state.commentsVersion = commentsVersion + 1;
    this.#greeted = false;
    this.outbox = this.#outboxOf(code);
    this.connection = this.#connectionTo(code);
    this.start();
  }

  start() {
    this.outbox.start();
    this.connection.start();
  }

  stop() {
    this.outbox.stop();
    this.connection.stop();
    clearTimeout(this.#deadline);
  }

  /** For what must not be lost: it waits in the outbox until the server has it.
   *
   *  @param {Unsent} message
   */
  submit(message) {
    return this.outbox.put(message);
  }

  /** Shows how the board stood at a time, until the server says how it stands.
   *
   *  @param {Wire.WelcomeFrame} frame
   *  @param {number} at in ms since 1970
   */
  restore(frame, at) {
    if (this.state.ready) return;
    this.state.apply(frame);
    this.state.asOf = at;
    this.#change();
  }

  /** Takes in older comments that were fetched.
   *
   *  @param {Wire.CommentsPage} page
   *  @param {string | null} [option]
   */
  take(page, option) {
    this.state.take(page, option);
    this.#change();
  }

  /** Takes in earlier replies of a thread that were fetched.
   *
   *  @param {Wire.CommentsPage} page
   *  @param {string} thread
   */
  takeReplies(page, thread) {
    this.state.takeReplies(page, thread);
    this.#change();
  }

  /** For the host's actions, which would surprise everyone ten minutes later: now or not at all.
   *  Resolves with its position in the log. Rejects with a message for the user.
   *
   *  @param {Unsent} content
   *  @returns {Promise<Position>}
   */
  request(content) {
    const message = /** @type {Wire.Request} */ ({ ...content, id: newId() });
    /** @type {Promise<Position>} */
    const answer = new Promise((resolve, reject) => {
      if (!this.connection.send(message)) reject(new Error(t("line-not-connected")));
      else this.#requests.set(message.id, { resolve, reject });
    });
    this.dispatchEvent(new CustomEvent("asked", { detail: answer }));
    return answer;
  }

  #greet() {
    const name = load(NAME_KEY);
    this.connection.send({
      type: "hello",
      view: this.#view,
      ...(name && { name }),
      ...(this.state.since && { since: this.state.since }),
    });
  }

  /** Nothing goes out before the welcome: it says whether the board is still the same. Nor
   *  while the store is away: all of it would come back. */
  #greeted = false;

  /** @param {Wire.Request} message */
  #deliver(message) {
    return this.#greeted && this.state.store === "ok" && this.connection.send(message);
  }

  /** @type {{ [Type in Wire.Frame["type"]]?: (
   *    frame: Extract<Wire.Frame, { type: Type }>,
   *  ) => void }} */
  #answers = {
    ack: ({ id, seq }) => {
      this.#requests.get(id)?.resolve({ epoch: this.state.epoch, seq });
      this.#requests.delete(id);
      const message = this.outbox.acked(id);
      if (!message) return;
      this.state.acked(message);
      this.dispatchEvent(new CustomEvent("acked", { detail: message }));
    },
    refused: ({ id, code, message: reason }) => {
      this.#requests.get(id)?.reject(new Error(reason));
      this.#requests.delete(id);
      const message = this.outbox.refused(id, code);
      if (message) this.dispatchEvent(new CustomEvent("refused", { detail: { message, reason } }));
    },
    goodbye: ({ retry_after_ms: retryAfterMs }) => this.connection.goodbye(retryAfterMs),
    welcome: ({ now }) => {
      this.#greeted = true;
      this.clock.addSample(now);
      this.outbox.deliver();
    },
    pulse: ({ now }) => {
      this.clock.addSample(now);
      this.outbox.deliver();
    },
  };

  /** @param {Wire.Frame} message */
  #receive(message) {
    const { epoch, comments } = this.state;
    this.state.apply(message);
    const answer = /** @type {((frame: Wire.Frame) => void) | undefined} */ (
      this.#answers[message.type]
    );
    answer?.(message);
    this.#change();
    if (epoch !== null && epoch !== this.state.epoch) this.#reportLostComments(comments);
  }

  /** In another history of the board what was said last may be missing. Older comments may just
   *  not be here: a long talk comes by pages.
   *
   *  @param {Map<string, Wire.AnyComment>} before
   */
  #reportLostComments(before) {
    const now = this.state.comments;
    const oldest =
      this.state.olderThan(null) === null
        ? 0
        : Math.min(...[...now.values()].map((each) => (each.deleted ? Infinity : each.at)));
    const lost = [...before.values()].filter(
      (each) => !now.has(each.id) && !each.deleted && each.at >= oldest,
    );
    if (lost.length) this.dispatchEvent(new CustomEvent("lost", { detail: lost }));
  }

  #connectionChanged() {
    if (this.connection.status !== "open" && this.#greeted) {
      this.#greeted = false;
      this.outbox.connectionLost();
      for (const { reject } of this.#requests.values())
        reject(new Error(t("line-broke-meanwhile")));
      this.#requests.clear();
    }
    this.#change();
  }

  #change() {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    queueMicrotask(() => {
      this.#isChangeDue = false;
      this.#waitForDeadline();
      this.dispatchEvent(new Event("change"));
    });
  }

  /** A deadline passes without a frame from the server, and so does the moment of a result. */
  #waitForDeadline() {
    clearTimeout(this.#deadline);
    const { acceptsVotes, isRevealing, round } = this.state;
    const due = acceptsVotes ? round?.deadline : isRevealing ? round?.at : null;
    if (!due) return;
    const left = Math.min(due - this.clock.now(), LONGEST_TIMER_MS);
    this.#deadline = setTimeout(() => this.#change(), left + 1);
  }
}
