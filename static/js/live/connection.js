/** The one module that owns the socket: opens it, notices when it is dead, comes back.
 *
 *  `status` is one of
 *  `connecting`    first attempt, nothing to worry about yet
 *  `open`          greeted, messages pass
 *  `reconnecting`  lost a moment ago; most losses end here, unseen
 *  `lost`          lost for some seconds: worth saying
 *  `blocked`       pages arrive and WebSockets never do
 *  `stopped`       the server said not to come back; `closeCode` says why
 */

/** A pulse comes at least every 10 s: a line that is silent for half as long again is dead. */
const SILENCE_MS = 15_000;
/** A line silent for longer than a pulse is under suspicion: enough when a phone wakes. */
const PULSE_MS = 11_000;
const PATIENCE_MS = 3_000;
const FIRST_WAIT_MS = 500;
/** However long the server was gone, everybody is back within five seconds. */
const LONGEST_WAIT_MS = 4_000;
const ATTEMPTS_UNTIL_BLOCKED = 3;

/** What to do after each close code; any other comes back with jitter. */
const AFTER_CLOSE = {
  1009: "stop",
  4000: "stop",
  4003: "stop",
  4004: "stop",
  4029: 10_000,
};

export class Connection {
  status = "connecting";
  closeCode = null;

  #url;
  #on;
  #socket = null;
  #attempts = 0;
  #everOpen = false;
  #lastHeard = 0;
  #goodbyeMs = null;
  #watchdog = null;
  #retry = null;
  #patience = null;

  /** `on` has `open()`, `message(object)` and `status()`. */
  constructor(url, on) {
    this.#url = url;
    this.#on = on;
  }

  start() {
    document.addEventListener("visibilitychange", this.#looked);
    window.addEventListener("online", this.#renew);
    window.addEventListener("pageshow", this.#shown);
    this.#connect();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#looked);
    window.removeEventListener("online", this.#renew);
    window.removeEventListener("pageshow", this.#shown);
    this.#drop();
  }

  /** True when the message went out; it may still be lost on the way. */
  send(message) {
    if (this.status !== "open" || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** The server goes away and says when to come back. */
  goodbye(retryAfterMs) {
    this.#goodbyeMs = retryAfterMs;
  }

  #connect() {
    this.#drop();
    const socket = new WebSocket(this.#url, "stackvote.v1");
    this.#socket = socket;
    // A socket that was dropped may still speak; nobody listens to it any more.
    const listen = (type, act) => socket.addEventListener(type, (event) => socket === this.#socket && act(event));
    listen("open", () => this.#opened());
    listen("message", (event) => this.#heard(event.data));
    listen("close", (event) => this.#closed(event.code));
    this.#watch();
  }

  /** Lets go of a socket without hearing its end: it may take minutes to say so. */
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
    clearTimeout(this.#patience);
    this.#patience = null;
    this.#become("open");
    this.#on.open();
  }

  #heard(data) {
    this.#watch();
    this.#on.message(JSON.parse(data));
  }

  #watch() {
    this.#lastHeard = Date.now();
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #closed(code) {
    const after = AFTER_CLOSE[code];
    if (after === "stop") {
      this.closeCode = code;
      this.#drop();
      clearTimeout(this.#patience);
      this.#become("stopped");
      return;
    }
    this.#lost(after);
  }

  #lost(waitMs = this.#goodbyeMs ?? 0) {
    this.#drop();
    if (this.status === "open") this.#become("reconnecting");
    this.#patience ??= setTimeout(() => this.#giveUpHope(), PATIENCE_MS);
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), waitMs + Math.random() * ceiling);
    if (!this.#everOpen && this.#attempts === ATTEMPTS_UNTIL_BLOCKED) this.#askWhy();
  }

  #giveUpHope() {
    if (this.status !== "open" && this.status !== "stopped") this.#become("lost");
  }

  async #askWhy() {
    const alive = await fetch("/healthz", { cache: "no-store" }).then((answer) => answer.ok, () => false);
    if (alive && !this.#everOpen) this.#become("blocked");
  }

  /** A phone that wakes has a socket that claims to be open. It is believed only if it
   *  has spoken within a pulse. */
  #looked = () => {
    if (document.visibilityState !== "visible") return;
    if (!this.#socket || Date.now() - this.#lastHeard > PULSE_MS) this.#renew();
  };

  /** Back from the browser's cache of whole pages: the socket in it is dead. */
  #shown = (event) => {
    if (event.persisted) this.#renew();
  };

  /** The network has changed: whatever the old socket says, it hangs on the old network. */
  #renew = () => {
    if (this.status === "stopped") return;
    if (this.status === "open") this.#become("reconnecting");
    this.#patience ??= setTimeout(() => this.#giveUpHope(), PATIENCE_MS);
    this.#connect();
  };

  #become(status) {
    if (this.status === status) return;
    this.status = status;
    this.#on.status();
  }
}
