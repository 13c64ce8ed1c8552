/** Actions of this person that the server has not confirmed yet.
 *
 *  Each message lies in `localStorage` under its own key, so that it survives a reload,
 *  a dead battery and a second tab. Sending one twice is safe: the server knows it by
 *  its id.
 */

import { newId } from "./new_id.js";
import { keysWith, load, remove, save } from "./storage.js";

/** Taps come in bursts; only the last one is sent. */
const DEBOUNCE_MS = 150;

/** The server disconnects a seat that sends more than 60 messages at once or 20 a second. The
 *  outbox uses half of that, to leave room for other messages. */
const MAX_IN_FLIGHT = 30;
const PACE_MS = 1_000 / 15;

/** @type {Set<string>} */
const RETRYABLE = new Set(["store_away", "going_away"]);

/** Messages of one slot replace each other while none of them has ever been sent. One that
 *  has may have arrived without our knowing: only going again, in its place before the
 *  newer one, makes sure that it does not arrive after it. */
/** @type {Record<string, (message: any) => string>} */
const SLOT = {
  vote: (message) => `ballot ${message.round}`,
  withdraw: (message) => `ballot ${message.round}`,
  rename: () => "name",
  react: (message) => `react ${message.comment} ${message.emoji}`,
  moved_by: (message) => `moved ${message.round}`,
  edit_comment: (message) => `edit ${message.comment}`,
};

/** @param {Wire.Request} message */
const slotOf = (message) => SLOT[message.type]?.(message) ?? message.id;

/** @typedef {{ order: number, message: Wire.Request, tried: boolean, sent: boolean }} Waiting */

export class Outbox {
  #prefix;
  #send;
  #changed;
  /** @type {Map<string, Waiting>} */
  #entries = new Map();
  /** @type {number | undefined} */
  #timer;
  #last = 0;
  /** The time at which the rate limit is free again. */
  #paceUsedUntil = 0;

  /** @param {string} code of the board
   *  @param {(message: Wire.Request) => boolean} send tells whether it went out
   *  @param {() => void} changed is called after each change
   */
  constructor(code, send, changed) {
    this.#prefix = `stackvote:${code}:out:`;
    this.#send = send;
    this.#changed = changed;
  }

  start() {
    const entries = keysWith(this.#prefix)
      .map((key) => load(key))
      .filter(Boolean);
    entries.sort((a, b) => a.order - b.order);
    // What an earlier page left may have been sent since, by the service worker.
    for (const { order, message } of entries)
      this.#entries.set(message.id, { order, message, tried: true, sent: false });
    // What is put in from now on comes after it, also where the clock was set back meanwhile.
    this.#last = entries.at(-1)?.order ?? 0;
    window.addEventListener("storage", this.#otherTab);
  }

  stop() {
    window.removeEventListener("storage", this.#otherTab);
    clearTimeout(this.#timer);
  }

  /** Changes whenever something is put in or taken out. */
  get version() {
    return [...this.#entries.keys()].join(" ");
  }

  /** All of it, in order. */
  get entries() {
    return [...this.#entries.values()].map(({ order, message }) => ({
      id: message.id,
      order,
      message,
    }));
  }

  /** From here on another may send what waits. */
  handOver() {
    for (const entry of this.#entries.values())
      if (!entry.tried) this.#store(Object.assign(entry, { tried: true }));
  }

  /** Takes a message without id; returns the id it was given.
   *
   *  @param {Unsent} content
   */
  put(content) {
    const message = /** @type {Wire.Request} */ ({ ...content, id: newId() });
    this.#supersede(message, ({ tried }) => !tried);
    // The clock may stop or go back; the order of a person's actions may not.
    this.#last = Math.max(this.#last + 1, Date.now());
    this.#store({ order: this.#last, message, tried: false, sent: false });
    if (message.type === "vote") this.#deliverIn(DEBOUNCE_MS);
    else this.deliver();
    this.#changed();
    return message.id;
  }

  /** Sends in order what has not been sent on this connection, as fast as the server allows. */
  deliver() {
    const entries = [...this.#entries.values()];
    let unanswered = entries.filter(({ sent }) => sent).length;
    for (const entry of entries.filter(({ sent }) => !sent)) {
      if (
        unanswered === MAX_IN_FLIGHT ||
        this.#paceUsedUntil - performance.now() > (MAX_IN_FLIGHT - 1) * PACE_MS
      ) {
        this.#deliverIn(PACE_MS);
        return;
      }
      if (!this.#send(entry.message)) return;
      this.#paceUsedUntil = Math.max(this.#paceUsedUntil, performance.now()) + PACE_MS;
      unanswered += 1;
      entry.sent = true;
      if (!entry.tried) this.#store(Object.assign(entry, { tried: true }));
    }
  }

  /** @param {number} ms */
  #deliverIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.deliver(), ms);
  }

  /** The connection broke, so it is unknown what has arrived: all of it is sent again, in order. */
  connectionLost() {
    for (const entry of this.#entries.values()) entry.sent = false;
  }

  /** Returns the message that the server has confirmed, or undefined.
   *
   *  @param {string} id
   */
  acked(id) {
    const acked = this.#entries.get(id);
    this.#remove(id);
    // An older one that was postponed meanwhile would undo it.
    if (acked) this.#supersede(acked.message, ({ sent, order }) => !sent && order < acked.order);
    return acked?.message;
  }

  /** Returns the message that is given up, or undefined when it is kept for another try.
   *
   *  @param {string} id
   *  @param {Wire.Code} code
   */
  refused(id, code) {
    const entry = this.#entries.get(id);
    if (entry && RETRYABLE.has(code)) {
      entry.sent = false;
      return undefined;
    }
    this.#remove(id);
    return entry?.message;
  }

  /** All messages of a type that are on their way, oldest first.
   *
   *  @template {Wire.Request["type"]} Type
   *  @param {Type[]} types
   *  @returns {Extract<Wire.Request, { type: Type }>[]}
   */
  waiting(...types) {
    const found = [...this.#entries.values()]
      .map((entry) => entry.message)
      .filter((message) => types.some((type) => type === message.type));
    return /** @type {Extract<Wire.Request, { type: Type }>[]} */ (found);
  }

  /** The ballot that is on its way for this round: undefined when there is none, null when
   *  it is being withdrawn.
   *
   *  @param {number} round its number
   *  @returns {Ballot | null | undefined}
   */
  ballot(round) {
    const last = this.waiting("vote", "withdraw").findLast((message) => message.round === round);
    return last && (last.type === "vote" ? last.ballot : null);
  }

  /** Takes out what a newer message of the same slot has made pointless.
   *
   *  @param {Wire.Request} newer
   *  @param {(entry: Waiting) => boolean} isPointless
   */
  #supersede(newer, isPointless) {
    for (const entry of this.#entries.values()) {
      if (isPointless(entry) && slotOf(entry.message) === slotOf(newer))
        this.#remove(entry.message.id);
    }
  }

  /** @param {Waiting} entry */
  #store(entry) {
    const { order, message, tried } = entry;
    this.#entries.set(message.id, entry);
    save(this.#prefix + message.id, { order, message, tried });
  }

  /** @param {string} id */
  #remove(id) {
    this.#entries.delete(id);
    remove(this.#prefix + id);
  }

  /** @param {StorageEvent} event */
  #otherTab = (event) => {
    if (!event.key?.startsWith(this.#prefix) || event.newValue !== null) return;
    if (this.#entries.delete(event.key.slice(this.#prefix.length))) this.#changed();
  };
}
