// Types that several scripts of the pages share. `Wire` is in docs/protocol.d.ts.

type Announcer = import("../../static/js/announcer.js").Announcer;
type BoardState = import("../../static/js/live/state.js").BoardState;
type Clock = import("../../static/js/live/clock.js").Clock;
type CommentPager = import("../../static/js/talk/comment_pager.js").CommentPager;
type Connection = import("../../static/js/live/connection.js").Connection;
type LiveBoard = import("../../static/js/live/live_board.js").LiveBoard;
type Outbox = import("../../static/js/live/outbox.js").Outbox;
type OwnContributions = import("../../static/js/ballot/own_contributions.js").OwnContributions;
type Threads = import("../../static/js/talk/threads.js").Threads;
type Voting = import("../../static/js/ballot/voting.js").Voting;

/** The parts of a template by name. The template determines the type of each element. */
type Parts = Record<string, any>;

/** A request before it has its id. */
type Unsent<Each = Wire.Request> = Each extends Wire.Request ? Omit<Each, "id"> : never;

/** The position in a board's log at which something counted. */
type Position = { epoch: string | null; seq: number };

/** A ballot in the shape of the wire, which depends on the method. */
type Ballot = Record<string, any>;

/** Options by their id. */
type Options = Map<string, Wire.Option>;

/** The round as this person sees it: `options` are the ids on the ballot, in this seat's order. */
type RoundContext = { round: Wire.RoundView; options: string[]; name: (id: string) => string };

/** A comment, with pending changes applied. */
type Entry = { comment: Wire.AnyComment; isPending: boolean; isSealed?: boolean };

/** The data for a view of a comment. */
type ShownEntry = Entry & { isOpen?: boolean; optionName?: string };

/** A comment with its replies. `earlier`: those that are missing here. */
type CommentThread = Entry & {
  replies: Entry[];
  earlier: Wire.EarlierReplies | null;
  at: number;
  support: number;
};

/** The data for one thread in a list. */
type ShownThread = CommentThread & { isOpen?: boolean; option?: Wire.Option };

/** Shows a sentence that explains why something could not be done. */
type Fail = (text: string) => void;

/** What the parts of the host's console share. */
type HostTools = { live: LiveBoard; fail: Fail; announcer: Announcer };

/** What a voter's comments need. */
type TalkTools = {
  live: LiveBoard;
  contributions: OwnContributions;
  pager: CommentPager;
  threads: Threads;
};

/** A view in a `KeyedList`. */
type View<Item> = { element: HTMLElement; update(item: Item): void };

type SingleBallot = { choice: string };
type ApprovalBallot = { approve: string[] };
type DotsBallot = { dots: Record<string, number> };
type ScoreBallot = { scores: Record<string, number>; no_opinion?: string[] };
type RankedBallot = { ranking: string[][] };
type MatrixBallot = { scores: Record<string, Record<string, number>> };

/** What the pages know about a voting method: see static/js/methods/index.js. */
interface VotingMethod<Own> {
  control?: "checkbox" | "radio" | "scale" | "dots";
  section?: "ranking" | "matrix";
  blank?: (about: RoundContext) => Own;
  blankLabel?: string;
  hint?: (about: RoundContext) => string;
  value?: (ballot: Own | null, option: string, about: RoundContext) => any;
  isSet?: (value: any) => boolean;
  changed?: (ballot: Own | null, option: string, ...change: any[]) => Own | null;
  moved?: (ballot: Own | null, move: any, option: string, ...where: any[]) => Own | null;
  aside?: (ballot: Own | null, option: string) => string;
  progress: (ballot: Own, about: RoundContext) => string;
  describe: (ballot: Own, about: RoundContext) => string[];
}

/** What the server sends to static/js/words.js. */
declare var stackvoteWords:
  undefined | { language: string; messages: Record<string, Words.Pattern>; decimal: string };

/** Sentences as the server compiles them: see server/words/browser.py. */
declare namespace Words {
  type Pattern = string | (string | Placeable)[];
  type Placeable = { $: string; as?: Intl.NumberFormatOptions } | Select;
  type Select = { $: string; by?: "cardinal" | "ordinal"; of: Record<string, Pattern>; or: string };
}

type CommentView = import("../../static/js/board/comment_view.js").CommentView;
type ThreadView = import("../../static/js/talk/thread.js").Thread;

/** The actions below a comment. */
type CommentTools = { update(entry: any): void; restore?(message: any): void };

/** The control of one option in its card, and what it shows. */
type ShownControl = {
  kind: VotingMethod<any>["control"] | null;
  aside: string;
  isTogether?: boolean;
  name?: string;
  group?: string;
  value?: any;
  isOpen?: boolean;
};

/** What comes at the head of the ballot. */
type News = "result" | "decision" | "deferral";

/** A round in which all options are voted on together: `options` are those on the ballot, `isFound`
 *  tells which of them are looked for. */
type ShownTogether = {
  ballot: any;
  about: RoundContext;
  options: Wire.Option[];
  isOpen: boolean;
  isFound: (option: Wire.Option) => boolean;
};

/** A criterion, and its share of the total weight. */
type Weighed = Wire.Criterion & { share: number };

/** Called with one score of a matrix, null for no opinion. */
type ChangeCell = (option: string, criterion: string, score: number | null) => void;

/** A board as the start page lists it. `at`: when it was last seen, in ms since 1970. */
type KnownBoard = {
  code: string;
  title: string;
  role: Wire.Role;
  decided: boolean;
  deferred?: boolean;
  archived?: boolean;
  recorded?: boolean;
  at: number;
};

/** Hides or pins a comment. */
type Handle = (type: "hide_comment" | "pin_comment", comment: string, on: boolean) => void;

/** The values of a form without files. */
type FormValues = {
  get(name: string): string;
  getAll(name: string): string[];
  has(name: string): boolean;
};

/** Why this page may not comment. */
type BlockedBy = "archived" | "closed" | "waiting" | "seatless" | "watching";

/** Text that was refused: it is restored to the field it was typed in. */
type Returned =
  | { type: "comment"; text: string; parent?: string | null }
  | { type: "edit_comment"; text: string; comment: string };

/** What the types of a page lack, because not every browser has it. */
declare var trustedTypes:
  | undefined
  | {
      createPolicy(
        name: string,
        rules: { createScriptURL: () => string },
      ): { createScriptURL(text: string): string };
    };
interface ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}
