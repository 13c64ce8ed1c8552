/** The board as the server has described it, and nothing else. */

/** Whether people may propose options or criteria.
 *
 *  @param {Wire.BoardView} board
 */
export const takesProposals = ({ settings }) =>
  settings.proposals === "open" || settings.proposals === "criteria";

/** From a frame's type to what it changes. Every frame is absolute.
 *
 *  @type {{ [Type in Wire.Frame["type"]]?: (
 *    state: BoardState,
 *    frame: Extract<Wire.Frame, { type: Type }>,
 *  ) => void }}
 */
const APPLY = {
  welcome(state, message) {
    const resumed = message.resumed && message.epoch === state.epoch;
    const comments = resumed ? state.comments : new Map();
    for (const comment of message.comments) comments.set(comment.id, comment);
    if (!resumed) state.forgetPages(message.comments_before ?? null);
    state.learnOfReplies(message.more_replies);
    state.talk = message.talk ? new Map(Object.entries(message.talk)) : null;
    const { epoch, you, board, round, tally, people, ballot, proposals = [] } = message;
    Object.assign(state, {
      epoch,
      you,
      board,
      round,
      tally,
      people,
      ballot,
      comments,
      proposals,
      meeting: message.meeting ?? null,
      ownProposals: message.your_proposals ?? [],
      sealed: message.sealed ?? null,
      ownSealed: message.your_sealed ?? [],
      stances: message.stances ?? null,
      ownStance: message.your_stance ?? null,
      ownExperience: message.your_experience ?? {},
      ownMovedBy: message.your_moved_by ?? null,
      store: "ok",
      asOf: null,
    });
    state.ready = true;
  },
  board: (state, message) => (state.board = message.board),
  round(state, message) {
    if (message.round?.n !== state.round?.n) {
      state.ballot = null;
      state.stances = null;
      state.ownStance = null;
      state.ownExperience = {};
      state.ownMovedBy = null;
    }
    state.round = message.round;
  },
  proposals: (state, message) => (state.proposals = message.proposals),
  sealed(state, message) {
    state.sealed = message.sealed;
    if (!message.sealed) state.ownSealed = [];
  },
  your_sealed: (state, message) => (state.ownSealed = message.your_sealed),
  stances: (state, message) => (state.stances = message.stances),
  your_experience: (state, message) => (state.ownExperience = message.your_experience),
  your_moved_by: (state, message) => (state.ownMovedBy = message.your_moved_by),
  your_stance: (state, message) => (state.ownStance = message.your_stance),
  your_proposals: (state, message) => (state.ownProposals = message.your_proposals),
  tally: (state, message) => (state.tally = message.tally),
  people: (state, message) => (state.people = message.people),
  door: (state, message) => (state.lobby = message.door),
  meeting: (state, message) => (state.meeting = message.meeting),
  comment(state, { comment, talk }) {
    state.comments.set(comment.id, comment);
    if (talk) state.talk = new Map([...(state.talk ?? []), ...Object.entries(talk)]);
  },
  ballot(state, message) {
    if (message.round === state.round?.n) state.ballot = message.ballot;
  },
  pulse(state, message) {
    state.store = message.store;
    state.network = message.network ?? null;
  },
};

/** What an acknowledged message of this browser changes, until the server's frame arrives.
 *
 *  @type {{ [Type in Wire.Request["type"]]?: (
 *    state: BoardState,
 *    message: Extract<Wire.Request, { type: Type }>,
 *  ) => void }}
 */
const ACKED = {
  vote(state, message) {
    if (message.round === state.round?.n) state.ballot = message.ballot;
  },
  withdraw(state, message) {
    if (message.round === state.round?.n) state.ballot = null;
  },
  comment(state, message) {
    // A comment that no one else may read yet came with the others of this seat.
    if (!state.sealed && !state.comments.has(message.comment))
      state.comments.set(message.comment, asComment(message, state.you, state.now));
  },
};

/** A comment of ours as the server is going to say it.
 *
 *  @param {Wire.CommentRequest} message
 *  @param {Wire.You | null} you
 *  @param {number} at in milliseconds since 1970
 *  @returns {Wire.CommentView}
 */
export function asComment(message, you, at) {
  const { comment, option, kind, text, parent = null } = message;
  return {
    id: comment,
    option,
    kind,
    text,
    parent,
    name: you?.name ?? null,
    reactions: {},
    pinned: false,
    hidden: false,
    at,
    edited_at: null,
  };
}

/** @type {any} */
const NOT_YET = null;

/** What does not depend on the position of this board. */
const UNORDERED = new Set(["pulse", "door", "meeting"]);

/** Frames that change what there is to read. */
const TALK = new Set(["welcome", "comment", "sealed", "your_sealed"]);
const LONGEST_SUSPENSE_MS = 10_000;

export class BoardState {
  ready = false;
  /** When this device saw the board like this, in ms since 1970, until the server says how it is
   *  now; else null.
   *  @type {number | null} */
  asOf = null;
  /** @type {string | null} */
  epoch = null;
  /** Like `board` and `people`, not there until the state is `ready`.
   *  @type {Wire.You} */
  you = NOT_YET;
  /** @type {Wire.BoardView} */
  board = NOT_YET;
  /** @type {Wire.RoundView | null} */
  round = null;
  /** @type {Wire.TallyView | null} */
  tally = null;
  /** @type {Wire.PeopleView} */
  people = NOT_YET;
  /** Who comes in, for hosts.
   *  @type {Wire.LobbyView | null} */
  lobby = null;
  /** The meeting of several questions of which this board is one.
   *  @type {Wire.MeetingView | null} */
  meeting = null;
  /** @type {Ballot | null} */
  ballot = null;
  /** @type {Map<string, Wire.AnyComment>} */
  comments = new Map();
  /** Those that wait for a host.
   *  @type {Wire.ProposalView[]} */
  proposals = [];
  /** Those of this seat, and what became of them.
   *  @type {Wire.OwnProposal[]} */
  ownProposals = [];
  /** What is told of comments that are hidden until the reveal; null where none are.
   *  @type {Wire.SealedView | null} */
  sealed = null;
  /** Those of this seat.
   *  @type {Wire.CommentView[]} */
  ownSealed = [];
  /** What people say to the outcome of the round; null while no one is asked.
   *  @type {Wire.StancesView | null} */
  stances = null;
  /** What this person says to it.
   *  @type {Wire.OwnStance | null} */
  ownStance = null;
  /** How well this person knows options, by id.
   *  @type {Record<string, Wire.Level>} */
  ownExperience = {};
  /** The comment that moved this person since the round before.
   *  @type {string | null} */
  ownMovedBy = null;
  /** How many comments there are by option, where this page does not have all; else null.
   *  @type {Map<string, Wire.TalkView> | null} */
  talk = null;
  /** Goes up whenever a comment changed, for those who would have to look at thousands. */
  commentsVersion = 0;
  /** @type {Wire.StoreState} */
  store = "ok";
  /** Another value means that the server's addresses have changed.
   *  @type {number | null} */
  network = null;
  /** The newest position in a frame of the server. */
  seq = 0;

  #clock;
  #view;
  /** @type {Map<string, number>} */
  #seen = new Map();
  #commentsUntil = 0;
  /** Before which position the next page of older comments is: of all, and by option.
   *  @type {number | null} */
  #before = null;
  /** @type {Map<string, number | null>} */
  #beforeOf = new Map();
  /** By thread: how many earlier replies are not here, and before which position; null: none.
   *  @type {Map<string, Wire.EarlierReplies | null>} */
  #earlier = new Map();

  /** @param {Clock} clock @param {Wire.View} [view] the kind of page that shows it */
  constructor(clock, view) {
    this.#clock = clock;
    this.#view = view;
  }

  /** Returns false for a type that is not about the board.
   *
   *  @param {Wire.Frame} message
   */
  apply(message) {
    const change = /** @type {((state: BoardState, frame: Wire.Frame) => void) | undefined} */ (
      APPLY[message.type]
    );
    if (!change) return false;
    const { seq = 0 } = /** @type {{ seq?: number }} */ (message);
    this.seq = message.type === "welcome" ? seq : Math.max(this.seq, seq);
    if (message.type === "welcome") this.#seen = new Map([["all", message.seq]]);
    else if (!UNORDERED.has(message.type) && this.#isOld(message)) return true;
    change(this, message);
    if (message.type === "welcome" || message.type === "comment") this.#commentsUntil = message.seq;
    if (TALK.has(message.type)) this.commentsVersion += 1;
    return true;
  }

  /** True once the server has sent `board` or `you` as of a position or later. A position of
   *  another epoch means nothing, and with a new epoch everything was sent again.
   *
   *  @param {"board" | "you"} about
   *  @param {Position} position
   */
  knows(about, { epoch, seq }) {
    return epoch !== this.epoch || this.#seqOf(about) >= seq;
  }

  /** @param {Wire.Request} message */
  acked(message) {
    const change = /** @type {((state: BoardState, message: Wire.Request) => void) | undefined} */ (
      ACKED[message.type]
    );
    change?.(this, message);
    if (message.type === "comment") this.commentsVersion += 1;
  }

  get now() {
    return this.#clock.now();
  }

  /** Where the page of comments older than those that are here begins; null: there is none.
   *
   *  @param {string | null} option
   *  @returns {number | null}
   */
  olderThan(option) {
    const before = option === null ? undefined : this.#beforeOf.get(option);
    return before === undefined ? this.#before : before;
  }

  /** @param {number | null} before */
  forgetPages(before) {
    this.#before = before;
    this.#beforeOf.clear();
    this.#earlier.clear();
  }

  /** Which replies of a thread are not here; null: none.
   *
   *  @param {string} thread
   */
  earlierReplies(thread) {
    return this.#earlier.get(thread) ?? null;
  }

  /** What the server says about threads that it does not tell whole, unless more is known.
   *
   *  @param {Record<string, Wire.EarlierReplies>} more
   */
  learnOfReplies(more = {}) {
    for (const [thread, earlier] of Object.entries(more))
      if (!this.#earlier.has(thread)) this.#earlier.set(thread, earlier);
  }

  /** Takes in a page of earlier replies of a thread.
   *
   *  @param {Wire.CommentsPage} page
   *  @param {string} thread
   */
  takeReplies(page, thread) {
    if (page.epoch !== this.epoch) return;
    const { count } = this.#earlier.get(thread) ?? { count: 0 };
    const left = Math.max(1, count - page.comments.length);
    this.#earlier.set(thread, page.before ? { count: left, before: page.before } : null);
    this.take(page);
  }

  /** Takes in a page of older comments; with `option` (null: all) where its next page begins.
   *
   *  @param {Wire.CommentsPage} page
   *  @param {string | null} [option]
   */
  take(page, option) {
    if (page.epoch !== this.epoch) return;
    const older = page.comments
      .filter(({ id }) => this.#commentSeq(id) <= page.seq)
      .map((comment) => /** @type {const} */ ([comment.id, comment]));
    // Comments made in the same millisecond are distinguished by their order alone.
    this.comments = new Map([...older.reverse(), ...this.comments, ...older]);
    if (option !== undefined) {
      if (option === null) this.#before = page.before ?? null;
      else this.#beforeOf.set(option, page.before ?? null);
    }
    this.learnOfReplies(page.more_replies);
    this.commentsVersion += 1;
  }

  /** The position of the newest frame with a comment.
   *
   *  @param {string} id
   */
  #commentSeq(id) {
    return (
      this.#seen.get(`comment ${id}`) ?? (this.comments.has(id) ? (this.#seen.get("all") ?? 0) : 0)
    );
  }

  /** Where to resume after a disconnect. Only comments are sent as changes, so their position
   *  counts. */
  get since() {
    return this.epoch === null || this.asOf !== null
      ? undefined
      : { epoch: this.epoch, seq: this.#commentsUntil };
  }

  /** The tally of the round that is on, or null. */
  get current() {
    return this.tally && this.tally.round === this.round?.n ? this.tally : null;
  }

  /** How many ballots the result counts. */
  get counted() {
    return this.current?.counted ?? this.current?.voters ?? 0;
  }

  /** True between a reveal and the instant at which every page shows the result. An instant that is
   *  far off comes from a clock that was set back: no one waits for that. */
  get isRevealing() {
    const { round } = this;
    if (round?.state !== "revealed" || round.at === undefined) return false;
    const left = round.at - this.#clock.now();
    return left > 0 && left < LONGEST_SUSPENSE_MS;
  }

  /** What the ballots say, where this page may know it. It shows `result`. */
  get outcome() {
    return this.current?.result ?? null;
  }

  /** The result, where this page may see it, once it is time. A console on which it was to be seen
   *  before the reveal keeps it. */
  get result() {
    const isAhead = this.#view === "host" && this.board.settings.host_sees_results;
    return this.isRevealing && !isAhead ? null : this.outcome;
  }

  /** What settled it, in one sentence; empty where the result is not to be seen. */
  get decidedBy() {
    return this.result?.decided_by ?? "";
  }

  /** The phase of the board: `setup` `open` `locked` `revealing` `revealed` `decided`
   *  `deferred`. */
  get phase() {
    const { round, board } = this;
    if (this.isRevealing) return "revealing";
    const isVoting = round?.state === "open" || round?.state === "locked";
    if (board?.decision && !isVoting) return "decided";
    if (board?.deferral && !isVoting) return "deferred";
    if (round?.state === "open" && !this.acceptsVotes) return "locked";
    return round?.state ?? "setup";
  }

  /** Whether this person can say which comment moved them since the round before. */
  get asksWhatMoved() {
    return Boolean(this.round?.since && this.ballot && this.you?.votes);
  }

  /** The server refuses votes from the deadline on, a moment before it says so. */
  get acceptsVotes() {
    const { round } = this;
    return round?.state === "open" && (!round.deadline || this.#clock.now() < round.deadline);
  }

  /** True while the clock of an open round is paused. */
  get isPaused() {
    return this.round?.state === "open" && this.round.left_ms !== undefined;
  }

  /** True while the board can only be read. */
  get isArchived() {
    return this.board?.archived_at !== undefined;
  }

  /** True where this seat has chosen to watch; not where it was never let in. */
  get watches() {
    const { you, board } = this;
    return (
      you.seat !== null &&
      !you.votes &&
      !you.waits &&
      (board.settings.entry !== "invited" || you.invite !== null)
    );
  }

  /** Whether this browser has no seat where every browser gets one. */
  get isSeatless() {
    const { you, board } = this;
    return you.seat === null && !you.seat_lost && board.settings.entry !== "invited";
  }

  /** Why this page may not comment: `archived` `closed` `waiting` `seatless` `watching`; null where
   *  it may. */
  get commentingBlockedBy() {
    if (this.isArchived) return "archived";
    if (this.board.settings.comments === "closed") return "closed";
    if (this.you.waits) return "waiting";
    if (this.isSeatless) return "seatless";
    return this.you.seat === null || this.watches ? "watching" : null;
  }

  /** Why this page may not propose options: `closed` `decided` `waiting` `seatless` `watching`
   *  `voters`; null where it may. */
  get proposingBlockedBy() {
    const { board, you } = this;
    if (!takesProposals(board)) return "closed";
    if (board.decision) return "decided";
    if (you.waits) return "waiting";
    if (this.isSeatless) return "seatless";
    if (you.seat === null || this.watches) return "watching";
    return you.votes ? null : "voters";
  }

  /** Who voted, also of those who have left since, and how many of those who are here have not;
   *  null where that may not be told. */
  get turnout() {
    const { voted, choosing = null, here, observing } = this.people;
    return { voted, choosing, here: here - observing };
  }

  /** @param {Wire.Frame} frame */
  #isOld(frame) {
    const { seq } = /** @type {{ seq?: number }} */ (frame);
    if (seq === undefined) return false;
    const about = frame.type === "comment" ? `comment ${frame.comment.id}` : frame.type;
    if (seq < this.#seqOf(about)) return true;
    this.#seen.set(about, seq);
    return false;
  }

  /** The position of the newest frame about something: `board`, `comment an-id`.
   *
   *  @param {string} about
   */
  #seqOf(about) {
    return this.#seen.get(about) ?? this.#seen.get("all") ?? 0;
  }
}
