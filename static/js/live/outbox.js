/** What this person has done and the server has not confirmed yet.
 *
 *  Each message lies in `localStorage` under its own key, so that it survives a reload,
 *  a dead battery and a second tab. Sending one twice is safe: the server knows it by
 *  its id.
 */

import { newId } from "./new_id.js";
import { forget, keep, kept, keysWith } from "./storage.js";

/** Taps come in bursts; what counts is where the thumb rests. */
const REST_MS = 150;

/** The server closes the line on a seat that sends more than 60 messages at once or 20 a
 *  second, whatever they are: what waits here leaves room for the rest. */
const AT_ONCE = 30;
const PACE_MS = 1_000 / 15;

const TRY_AGAIN = new Set(["store_away", "going_away"]);

/** Messages of one slot replace each other while none of them has ever been sent. One that
 *  has may have arrived without our knowing: only going again, in its place before the
 *  newer one, makes sure that it does not arrive after it. */
const SLOT = {
  vote: (message) => `ballot ${message.round}`,
  withdraw: (message) => `ballot ${message.round}`,
  rename: () => "name",
  react: (message) => `react ${message.comment} ${message.emoji}`,
  edit_comment: (message) => `edit ${message.comment}`,
};

const slotOf = (message) => SLOT[message.type]?.(message) ?? message.id;

export class Outbox {
  #prefix;
  #send;
  #changed;
  #letters = new Map();
  #timer = null;
  #last = 0;
  /** Until when what has been sent takes up the pace. */
  #taken = 0;

  /** `send(message)` tells whether it went out; `changed()` is called after each change. */
  constructor(code, send, changed) {
    this.#prefix = `stackvote:${code}:out:`;
    this.#send = send;
    this.#changed = changed;
  }

  start() {
    const letters = keysWith(this.#prefix).map((key) => kept(key)).filter(Boolean);
    letters.sort((a, b) => a.order - b.order);
    for (const { order, message, tried } of letters) this.#letters.set(message.id, { order, message, tried, sent: false });
    window.addEventListener("storage", this.#otherTab);
  }

  stop() {
    window.removeEventListener("storage", this.#otherTab);
    clearTimeout(this.#timer);
  }

  /** Changes whenever something is put in or taken out. */
  get stamp() {
    return [...this.#letters.keys()].join(" ");
  }

  /** Takes a message without id; returns the id it was given. */
  put(content) {
    const message = { ...content, id: newId() };
    this.#supersede(message, ({ tried }) => !tried);
    // A clock may stand still or go back; the order of what one person did may not.
    this.#last = Math.max(this.#last + 1, Date.now());
    this.#keep({ order: this.#last, message, tried: false, sent: false });
    if (message.type === "vote") this.#deliverIn(REST_MS);
    else this.deliver();
    this.#changed();
    return message.id;
  }

  /** Sends in order what has not been sent on this line, as fast as the server allows. */
  deliver() {
    const letters = [...this.#letters.values()];
    let unanswered = letters.filter(({ sent }) => sent).length;
    for (const letter of letters.filter(({ sent }) => !sent)) {
      if (unanswered === AT_ONCE || this.#taken - performance.now() > (AT_ONCE - 1) * PACE_MS) {
        this.#deliverIn(PACE_MS);
        return;
      }
      if (!this.#send(letter.message)) return;
      this.#taken = Math.max(this.#taken, performance.now()) + PACE_MS;
      unanswered += 1;
      letter.sent = true;
      if (!letter.tried) this.#keep(Object.assign(letter, { tried: true }));
    }
  }

  #deliverIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.deliver(), ms);
  }

  /** The line broke: nobody knows what of it arrived, so all of it goes again, in order. */
  lineLost() {
    for (const letter of this.#letters.values()) letter.sent = false;
  }

  /** Returns the message that the server has confirmed, or undefined. */
  acked(id) {
    const taken = this.#letters.get(id);
    this.#remove(id);
    // An older one that was put off meanwhile would undo it.
    if (taken) this.#supersede(taken.message, ({ sent, order }) => !sent && order < taken.order);
    return taken?.message;
  }

  /** Returns the message that is given up, or undefined when it is kept for another try. */
  refused(id, code) {
    const letter = this.#letters.get(id);
    if (letter && TRY_AGAIN.has(code)) {
      letter.sent = false;
      return undefined;
    }
    this.#remove(id);
    return letter?.message;
  }

  /** All messages of a type that are on their way, oldest first. */
  waiting(...types) {
    return [...this.#letters.values()].map((letter) => letter.message).filter((message) => types.includes(message.type));
  }

  /** The ballot that is on its way for this round: undefined when there is none, null when
   *  it is being withdrawn. */
  ballot(round) {
    const last = this.waiting("vote", "withdraw").findLast((message) => message.round === round);
    return last && (last.ballot ?? null);
  }

  /** Takes out what a newer message of the same slot has made pointless. */
  #supersede(newer, isPointless) {
    for (const letter of this.#letters.values()) {
      if (isPointless(letter) && slotOf(letter.message) === slotOf(newer)) this.#remove(letter.message.id);
    }
  }

  #keep(letter) {
    const { order, message, tried } = letter;
    this.#letters.set(message.id, letter);
    keep(this.#prefix + message.id, { order, message, tried });
  }

  #remove(id) {
    this.#letters.delete(id);
    forget(this.#prefix + id);
  }

  #otherTab = (event) => {
    if (!event.key?.startsWith(this.#prefix) || event.newValue !== null) return;
    if (this.#letters.delete(event.key.slice(this.#prefix.length))) this.#changed();
  };
}
