/** The one module that owns the socket: opens it, detects that it is dead, reconnects.
 *
 *  `status` is one of
 *  `connecting`    first attempt, nothing to worry about yet
 *  `open`          greeted, messages pass
 *  `reconnecting`  lost a moment ago; most losses end here, unseen
 *  `lost`          lost for some seconds: worth saying
 *  `blocked`       pages arrive and WebSockets never do
 *  `stopped`       the server said not to come back; `closeCode` says why
 *
 *  @typedef {"connecting" | "open" | "reconnecting" | "lost" | "blocked" | "stopped"} Status
 *
 *  @typedef {object} Handlers callbacks of the connection's owner
 *  @property {() => void} open
 *  @property {(frame: Wire.Frame) => void} message
 *  @property {() => void} status
 */

import { rooted } from "../root.js";

/** A pulse comes at least every 10 s: a connection that is silent for half as long again is
 *  dead. */
const SILENCE_MS = 15_000;
/** A connection that is silent for longer than a pulse is suspect, which is enough to reconnect
 *  when a phone wakes up. */
const PULSE_MS = 11_000;
const UNSEEN_LOSS_MS = 2_000;
const FIRST_WAIT_MS = 500;
/** However long the server was gone, all clients are back within five seconds. */
const LONGEST_WAIT_MS = 4_000;
const ATTEMPTS_BEFORE_CHECK = 3;

/** What to do after each close code; any other comes back with jitter. */
/** @type {Record<number, "stop" | number>} */
const AFTER_CLOSE = {
  1009: "stop",
  4000: "stop",
  4003: "stop",
  4004: "stop",
  4029: 10_000,
};

export class Connection {
  /** @type {Status} */
  status = "connecting";
  /** @type {number | null} */
  closeCode = null;

  #url;
  #handlers;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #everOpen = false;
  #lastReceived = 0;
  /** @type {number | null} */
  #goodbyeMs = null;
  /** @type {number | undefined} */
  #watchdog;
  /** @type {number | undefined} */
  #retry;
  /** @type {number | undefined} */
  #lossTimer;

  /** @param {string} url @param {Handlers} handlers */
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  start() {
    document.addEventListener("visibilitychange", this.#onVisible);
    window.addEventListener("online", this.#reconnect);
    window.addEventListener("offline", this.#onOffline);
    window.addEventListener("pageshow", this.#onPageShow);
    this.#connect();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#onVisible);
    window.removeEventListener("online", this.#reconnect);
    window.removeEventListener("offline", this.#onOffline);
    window.removeEventListener("pageshow", this.#onPageShow);
    this.#drop();
  }

  /** True when the message went out; it may still be lost on the way.
   *
   *  @param {Wire.Request | Wire.HelloRequest} message
   */
  send(message) {
    if (this.status !== "open" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** The server goes away and says when to come back.
   *
   *  @param {number} retryAfterMs
   */
  goodbye(retryAfterMs) {
    this.#goodbyeMs = retryAfterMs;
  }

  #connect() {
    this.#drop();
    const socket = new WebSocket(this.#url, "stackvote.v1");
    this.#socket = socket;
    // A socket that was dropped may still fire events; they are ignored.
    const listen = (/** @type {string} */ type, /** @type {(event: any) => void} */ act) =>
      socket.addEventListener(type, (event) => socket === this.#socket && act(event));
    listen("open", () => this.#opened());
    listen("message", (event) => this.#received(event.data));
    listen("close", (event) => this.#closed(event.code));
    this.#watch();
  }

  /** Abandons a socket without waiting for its close event, which may take minutes. */
  #drop() {
    for (const timer of [this.#watchdog, this.#retry]) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #opened() {
    this.#attempts = 0;
    this.#everOpen = true;
    this.#goodbyeMs = null;
    clearTimeout(this.#lossTimer);
    this.#lossTimer = undefined;
    this.#setStatus("open");
    this.#handlers.open();
  }

  /** @param {string} data */
  #received(data) {
    this.#watch();
    this.#handlers.message(JSON.parse(data));
  }

  #watch() {
    this.#lastReceived = Date.now();
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  /** @param {number} code */
  #closed(code) {
    const after = AFTER_CLOSE[code];
    if (after === "stop") {
      this.closeCode = code;
      this.#drop();
      clearTimeout(this.#lossTimer);
      this.#setStatus("stopped");
      return;
    }
    this.#lost(after);
  }

  #lost(waitMs = this.#goodbyeMs ?? 0) {
    this.#drop();
    if (this.status === "open") this.#setStatus("reconnecting");
    this.#lossTimer ??= setTimeout(() => this.#reportLoss(), UNSEEN_LOSS_MS);
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), waitMs + Math.random() * ceiling);
    if (!this.#everOpen && this.#attempts === ATTEMPTS_BEFORE_CHECK) this.#checkBlocked();
  }

  #reportLoss() {
    if (this.status !== "open" && this.status !== "stopped") this.#setStatus("lost");
  }

  async #checkBlocked() {
    const alive = await fetch(rooted("/healthz"), { cache: "no-store" }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (alive && !this.#everOpen) this.#setStatus("blocked");
  }

  /** A phone that wakes has a socket that claims to be open. It is believed only if it
   *  has spoken within a pulse. */
  #onVisible = () => {
    if (document.visibilityState !== "visible") return;
    if (!this.#socket || Date.now() - this.#lastReceived > PULSE_MS) this.#reconnect();
  };

  /** Back from the browser's cache of whole pages: the socket in it is dead. */
  #onPageShow = (/** @type {PageTransitionEvent} */ event) => {
    if (event.persisted) this.#reconnect();
  };

  /** The network has changed, and the old socket belongs to the old network. */
  #reconnect = () => {
    if (this.status === "stopped") return;
    if (this.status === "open") this.#setStatus("reconnecting");
    this.#lossTimer ??= setTimeout(() => this.#reportLoss(), UNSEEN_LOSS_MS);
    this.#connect();
  };

  /** The device knows before the socket does. A server on the device itself is still there: then
   *  the next connection stands at once. */
  #onOffline = () => {
    if (this.status === "stopped") return;
    this.#setStatus("lost");
    this.#connect();
  };

  /** @param {Status} status */
  #setStatus(status) {
    if (this.status === status) return;
    this.status = status;
    this.#handlers.status();
  }
}
