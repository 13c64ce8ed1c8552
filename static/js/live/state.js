/** What the server has said about this board, and nothing else. */

/** From message type to what it changes. Every message is absolute. */
const APPLY = {
  welcome(state, message) {
    const resumed = message.resumed && message.epoch === state.epoch;
    const comments = resumed ? state.comments : new Map();
    for (const comment of message.comments) comments.set(comment.id, comment);
    if (!resumed) state.forgetPages(message.comments_before ?? null);
    state.learnOfReplies(message.more_replies);
    state.talk = message.talk ? new Map(Object.entries(message.talk)) : null;
    const { epoch, you, board, round, tally, people, ballot } = message;
    Object.assign(state, { epoch, you, board, round, tally, people, ballot, comments, store: message.store ?? "ok" });
    state.ready = true;
  },
  board: (state, message) => (state.board = message.board),
  round(state, message) {
    if (message.round?.n !== state.round?.n) state.ballot = null;
    state.round = message.round;
  },
  tally: (state, message) => (state.tally = message.tally),
  people: (state, message) => (state.people = message.people),
  door: (state, message) => (state.door = message.door),
  comment(state, { comment, talk }) {
    state.comments.set(comment.id, comment);
    if (talk) state.talk = new Map([...(state.talk ?? []), ...Object.entries(talk)]);
  },
  ballot(state, message) {
    if (message.round === state.round?.n) state.ballot = message.ballot;
  },
  pulse: (state, message) => (state.store = message.store ?? "ok"),
};

/** What a message of ours means once it is acknowledged, until the server's own frame comes. */
const TOOK = {
  vote(state, message) {
    if (message.round === state.round?.n) state.ballot = message.ballot;
  },
  withdraw(state, message) {
    if (message.round === state.round?.n) state.ballot = null;
  },
  comment(state, message) {
    if (!state.comments.has(message.comment)) state.comments.set(message.comment, asComment(message, state.you, state.now));
  },
};

/** A comment of ours as the server is going to say it. */
export function asComment(message, you, at) {
  const { comment, option, kind, text, parent = null } = message;
  return { id: comment, option, kind, text, parent, name: you?.name ?? null, reactions: {}, pinned: false, hidden: false, at, edited_at: null };
}

export class BoardState {
  ready = false;
  epoch = null;
  you = null;
  board = null;
  round = null;
  tally = null;
  people = null;
  /** Who comes in, for hosts. */
  door = null;
  ballot = null;
  comments = new Map();
  /** How many comments there are by option, where this page does not have all; else null. */
  talk = null;
  /** Goes up whenever a comment changed, for those who would have to look at thousands. */
  said = 0;
  store = "ok";
  /** The newest position that the server has spoken of. */
  seq = 0;

  #clock;
  #seen = new Map();
  #commentsUntil = 0;
  /** Before which position the next page of older comments is: of all, and by option. */
  #before = null;
  #beforeOf = new Map();
  /** By thread: how many earlier replies are not here, and before which position; null: none. */
  #earlier = new Map();

  constructor(clock) {
    this.#clock = clock;
  }

  /** Returns false for a type that is not about the board. */
  apply(message) {
    const change = APPLY[message.type];
    if (!change) return false;
    this.seq = message.type === "welcome" ? message.seq : Math.max(this.seq, message.seq ?? 0);
    if (message.type === "welcome") this.#seen = new Map([["all", message.seq]]);
    else if (message.type !== "pulse" && this.#isOld(message)) return true;
    change(this, message);
    if (message.type === "welcome" || message.type === "comment") {
      this.#commentsUntil = message.seq;
      this.said += 1;
    }
    return true;
  }

  /** True once the server has told of something (`board`, `you`) as it is since a position; in
   *  another history that position says nothing, and all was told anew. */
  knows(about, { epoch, seq }) {
    return epoch !== this.epoch || this.#heardAt(about) >= seq;
  }

  took(message) {
    TOOK[message.type]?.(this, message);
    if (message.type === "comment") this.said += 1;
  }

  get now() {
    return this.#clock.now();
  }

  /** Where the page of comments older than those that are here begins; null: there is none. */
  olderThan(option) {
    return option !== null && this.#beforeOf.has(option) ? this.#beforeOf.get(option) : this.#before;
  }

  forgetPages(before) {
    this.#before = before;
    this.#beforeOf.clear();
    this.#earlier.clear();
  }

  /** Which replies of a thread are not here: `{ count, before }`; null: none. */
  earlierReplies(thread) {
    return this.#earlier.get(thread) ?? null;
  }

  /** What the server says about threads that it does not tell whole, unless more is known. */
  learnOfReplies(more = {}) {
    for (const [thread, earlier] of Object.entries(more)) if (!this.#earlier.has(thread)) this.#earlier.set(thread, earlier);
  }

  /** Takes in a page of earlier replies of a thread. */
  takeReplies(page, thread) {
    if (page.epoch !== this.epoch) return;
    const { count } = this.#earlier.get(thread) ?? { count: 0 };
    const left = Math.max(1, count - page.comments.length);
    this.#earlier.set(thread, page.before ? { count: left, before: page.before } : null);
    this.take(page);
  }

  /** Takes in a page of older comments; with `option` (null: all) where its next page begins. */
  take(page, option) {
    if (page.epoch !== this.epoch) return;
    const older = page.comments.filter(({ id }) => this.#knownAt(id) <= page.seq).map((comment) => [comment.id, comment]);
    // What the server made in one moment is told apart by its order alone.
    this.comments = new Map([...older.reverse(), ...this.comments, ...older]);
    if (option !== undefined) {
      if (option === null) this.#before = page.before ?? null;
      else this.#beforeOf.set(option, page.before ?? null);
    }
    this.learnOfReplies(page.more_replies);
    this.said += 1;
  }

  /** At which position this page last heard of a comment. */
  #knownAt(id) {
    return this.#seen.get(`comment ${id}`) ?? (this.comments.has(id) ? this.#seen.get("all") : 0);
  }

  /** From where to go on after a break. Only comments are sent by halves, so theirs is the
   *  position that counts. */
  get since() {
    return this.epoch === null ? undefined : { epoch: this.epoch, seq: this.#commentsUntil };
  }

  /** The tally of the round that is on, or null. */
  get current() {
    return this.tally && this.tally.round === this.round?.n ? this.tally : null;
  }

  /** The result, where this page may see it. */
  get result() {
    return this.current?.result ?? null;
  }

  /** What settled it, in one sentence; empty where the result is not to be seen. */
  get decidedBy() {
    return this.result?.decided_by ?? "";
  }

  /** Where the board stands: `setup` `open` `locked` `revealed` `decided`. */
  get phase() {
    const { round, board } = this;
    if (board?.decision && round?.state !== "open" && round?.state !== "locked") return "decided";
    if (round?.state === "open" && !this.acceptsVotes) return "locked";
    return round?.state ?? "setup";
  }

  /** The server refuses votes from the deadline on, a moment before it says so. */
  get acceptsVotes() {
    const { round } = this;
    return round?.state === "open" && (!round.deadline || this.#clock.now() < round.deadline);
  }

  /** True while the clock of an open round stands still. */
  get isPaused() {
    return this.round?.state === "open" && this.round.left_ms !== undefined;
  }

  /** True where this seat has chosen to watch; not where it was never let in. */
  get watches() {
    const { you, board } = this;
    return you.seat !== null && !you.votes && !you.waits && (board.settings.entry !== "invited" || you.invite !== null);
  }

  /** Why this page may not comment: `closed` `waiting` `watching`; null where it may. */
  get silent() {
    if (this.board.settings.comments === "closed") return "closed";
    if (this.you.waits) return "waiting";
    return this.you.seat === null || this.watches ? "watching" : null;
  }

  /** Who voted, of how many that may. Someone who has voted may have left the room since. */
  get turnout() {
    const { voted, here, observing } = this.people;
    return { voted, here: Math.max(here - observing, voted) };
  }

  #isOld({ type, seq, comment }) {
    if (seq === undefined) return false;
    const about = comment ? `comment ${comment.id}` : type;
    if (seq < this.#heardAt(about)) return true;
    this.#seen.set(about, seq);
    return false;
  }

  /** At which position the server last told of something: `board`, `comment an-id`. */
  #heardAt(about) {
    return this.#seen.get(about) ?? this.#seen.get("all") ?? 0;
  }
}
