// Made by `make docs` from the code of the server; change it there. protocol.md says what it
// means.

declare namespace Wire {
  type About = "options" | "criteria";

  interface AcceptProposalRequest {
    type: "accept_proposal";
    id: string;
    proposal: string;
    word?: string;
  }

  interface AckFrame {
    type: "ack";
    id: string;
    seq: number;
  }

  interface AddOptionRequest {
    type: "add_option";
    id: string;
    option: OptionDraft;
  }

  interface AddressChoice {
    address: string;
    base: string;
  }

  interface AdmitRequest {
    type: "admit";
    id: string;
    who?: string[];
  }

  interface AgreementChange {
    then: number;
    now: number;
  }

  interface AllHosts {
    hosts: HostView[];
  }

  interface AllQuestions {
    meeting: MeetingView | null;
    questions: QuestionView[];
  }

  interface AllRounds {
    rounds: RoundBeside[];
  }

  interface AlternativeCount {
    order: string[][];
    scores: Record<string, number>;
    note?: string;
  }

  interface AnswerGateRequest {
    type: "answer_gate";
    id: string;
    gate: string;
    option: string;
    answer: Standing;
    evidence?: string;
  }

  type AnyComment = CommentView | DeletedComment;

  interface ArchiveRequest {
    type: "archive";
    id: string;
    on: boolean;
  }

  interface ArgumentView {
    side: Side;
    text: string;
  }

  interface AssignRiskRequest {
    type: "assign_risk";
    id: string;
    risk: string;
    owner: string;
  }

  interface BallotFrame {
    type: "ballot";
    round: number;
    ballot: Record<string, any> | null;
  }

  interface Bars {
    totals: number[];
    order: number[][];
    winners?: number[];
    no_opinion?: number[];
  }

  interface BoardFrame {
    type: "board";
    seq: number;
    board: BoardView;
  }

  interface BoardNow {
    epoch: string;
    seq: number;
    board: BoardView;
    round: RoundView | null;
    tally: TallyView | null;
    comments: (CommentView | DeletedComment)[];
    more_comments?: number;
    comments_before?: number;
    more_replies?: Record<string, EarlierReplies>;
    talk?: Record<string, TalkView>;
    proposals?: ProposalView[];
    sealed?: SealedView;
    stances?: StancesView | null;
    people: PeopleView;
    meeting?: MeetingView;
  }

  interface BoardSettings {
    show_names: boolean;
    host_sees_results: boolean;
    comments: Comments;
    entry: Entrance;
    proposals?: Proposing;
    address?: string;
  }

  interface BoardSettingsChange {
    show_names?: boolean;
    host_sees_results?: boolean;
    comments?: Comments;
    entry?: Entrance;
    proposals?: Proposing;
    address?: string | null;
  }

  interface BoardView {
    code: string;
    title: string;
    context: string;
    settings: BoardSettings;
    options: Option[];
    criteria?: Criterion[];
    weights_from?: number;
    gates?: Gate[];
    proposed_by?: Record<string, string>;
    decision: Decision | null;
    deferral?: Deferral;
    premortem?: PremortemView;
    archived_at?: number;
  }

  type Certainty = "solid" | "leaning" | "coin_toss";

  type Code =
    | "not_understood"
    | "not_allowed"
    | "no_such_board"
    | "no_such_option"
    | "no_such_comment"
    | "no_such_proposal"
    | "no_such_question"
    | "no_such_round"
    | "round_closed"
    | "round_open"
    | "bad_ballot"
    | "bad_settings"
    | "unknown_method"
    | "too_long"
    | "too_many"
    | "taken"
    | "store_away"
    | "going_away";

  interface CommentFrame {
    type: "comment";
    seq: number;
    comment: CommentView | DeletedComment;
    talk?: Record<string, TalkView>;
  }

  interface CommentRequest {
    type: "comment";
    id: string;
    option: string;
    kind: Kind;
    text: string;
    parent?: string | null;
    comment: string;
  }

  interface CommentView {
    id: string;
    option: string;
    kind: Kind;
    text: string;
    name: string | null;
    parent: string | null;
    reactions: Record<string, number>;
    pinned: boolean;
    hidden: boolean;
    at: number;
    edited_at: number | null;
    premortem?: boolean;
    alone?: boolean;
    argument?: ArgumentView;
    deleted?: undefined;
  }

  type Comments = "open" | "closed";

  interface CommentsPage {
    comments: (CommentView | DeletedComment)[];
    more: boolean;
    before?: number;
    more_replies?: Record<string, EarlierReplies>;
    epoch: string;
    seq: number;
  }

  interface Commitment {
    round: number;
    option: string;
    commit: number;
    reservation: number;
    block: number;
  }

  interface Consequence {
    text: string;
    owner: string;
  }

  interface ConsequenceDraft {
    text: string;
    owner: string;
  }

  interface Criterion {
    id: string;
    name: string;
    weight: number;
  }

  interface CriterionDraft {
    id?: string | null;
    name: string;
    weight?: number;
  }

  interface Crowd {
    seats: number;
    networks: number;
  }

  interface DecideRequest {
    type: "decide";
    id: string;
    option: string;
    because: string;
    revisit_on?: string | null;
    consequences?: ConsequenceDraft[];
    confirmation?: string;
    predictions?: PredictionDraft[];
  }

  interface Decision {
    option: string;
    because: string;
    revisit_on: string | null;
    at: number;
    without_vote?: boolean;
    consequences?: Consequence[];
    confirmation?: string;
    predictions?: Prediction[];
  }

  interface DeclineProposalRequest {
    type: "decline_proposal";
    id: string;
    proposal: string;
    word: string;
  }

  interface DeferRequest {
    type: "defer";
    id: string;
    owner: string;
    because: string;
    revisit_on: string;
  }

  interface Deferral {
    owner: string;
    because: string;
    revisit_on: string;
    at: number;
  }

  interface DeleteBoardRequest {
    type: "delete_board";
    id: string;
    code: string;
  }

  interface DeleteCommentRequest {
    type: "delete_comment";
    id: string;
    comment: string;
  }

  interface DeletedComment {
    id: string;
    option: string;
    deleted: true;
    kind?: undefined;
    text?: undefined;
    name?: undefined;
    parent?: undefined;
    reactions?: undefined;
    pinned?: undefined;
    hidden?: undefined;
    at?: undefined;
    edited_at?: undefined;
    premortem?: undefined;
    alone?: undefined;
    argument?: undefined;
  }

  interface DoorFrame {
    type: "door";
    seq: number;
    door: LobbyView;
  }

  interface EarlierReplies {
    count: number;
    before: number;
  }

  interface EditCommentRequest {
    type: "edit_comment";
    id: string;
    comment: string;
    text: string;
  }

  interface EditOptionRequest {
    type: "edit_option";
    id: string;
    option: OptionEdit;
  }

  type Entrance = "open" | "admitted" | "invited";

  interface Event {
    seq: number;
    at: number;
    who: string;
    what: string;
  }

  interface ExperienceRequest {
    type: "experience";
    id: string;
    round: number;
    option: string;
    level: Level | null;
  }

  interface ExtendRoundRequest {
    type: "extend_round";
    id: string;
    round: number;
    seconds: number;
  }

  interface Flow {
    source: string | null;
    target: string | null;
    people: number;
  }

  type Frame =
    | WelcomeFrame
    | BallotFrame
    | AckFrame
    | RefusedFrame
    | PulseFrame
    | GoodbyeFrame
    | BoardFrame
    | CommentFrame
    | DoorFrame
    | MeetingFrame
    | PeopleFrame
    | ProposalsFrame
    | RoundFrame
    | SealedFrame
    | TallyFrame
    | YourProposalsFrame
    | StancesFrame
    | YourSealedFrame
    | YourStanceFrame
    | YourExperienceFrame
    | YourMovedByFrame;

  interface Gate {
    id: string;
    name: string;
    owner: string;
    answers: GateAnswer[];
  }

  interface GateAnswer {
    option: string;
    answer: Standing;
    evidence: string;
  }

  interface GateDraft {
    id?: string | null;
    name: string;
    owner?: string;
  }

  interface GoToQuestionRequest {
    type: "go_to_question";
    id: string;
    question: string | null;
    leaving: string | null;
  }

  interface GoodbyeFrame {
    type: "goodbye";
    reason: string;
    retry_after_ms: number;
  }

  interface Group {
    level: Level;
    people: number;
    mean: number;
  }

  interface HelloRequest {
    type: "hello";
    view: View;
    name?: string | null;
    since?: Since | null;
  }

  interface HideCommentRequest {
    type: "hide_comment";
    id: string;
    comment: string;
    on: boolean;
  }

  interface HostView {
    host: string;
    name: string | null;
    you: boolean;
  }

  interface Insight {
    kind: string;
    text: string;
    option: string | null;
    names?: string[];
  }

  interface InviteView {
    n: number;
    id: string;
    link?: string;
    taken?: boolean;
    taken_at?: number;
    here?: boolean;
    revoked?: boolean;
  }

  interface JoinAddress {
    shown: string;
    ballot: string;
    host: string;
    qr: string;
    only_here: boolean;
    choices?: AddressChoice[];
  }

  type Kind = "pro" | "con" | "question" | "risk" | "note";

  interface Lens {
    groups: Record<string, Group[]>;
  }

  type Level = "never" | "tried" | "shipped";

  interface LineView {
    line: number;
    typed: string;
    option: ReadOption | null;
    problem: string;
  }

  interface ListView {
    title: string;
    context: string;
    lines: LineView[];
    problem: string;
  }

  interface LobbyView {
    waiting: Newcomer[];
    arrivals: Minute[];
    crowd: Crowd | null;
  }

  interface LockRoundRequest {
    type: "lock_round";
    id: string;
    round: number;
  }

  type Loss = "moved" | "renewed" | "revoked";

  interface Margin {
    least: number;
    most: number;
  }

  type Mark =
    | "created"
    | "opened"
    | "closed"
    | "reopened"
    | "revealed"
    | "decided"
    | "deferred"
    | "taken_back";

  interface MeetingFrame {
    type: "meeting";
    seq: number;
    meeting: MeetingView | null;
  }

  interface MeetingView {
    lead: string;
    title: string;
    current: string;
    n: number;
    of: number;
    ended: boolean;
    questions: QuestionPlace[];
  }

  interface MergeProposalRequest {
    type: "merge_proposal";
    id: string;
    proposal: string;
    option: string;
    word?: string;
  }

  type Method = "approval" | "score" | "ranked" | "dots" | "single" | "matrix";

  interface Minute {
    at: number;
    seats: number;
    networks: number;
  }

  interface Moment {
    at: number;
    mark?: Mark;
    options?: string[];
    out?: string[];
    round?: number;
    state?: State;
    voters?: number;
    bars?: Bars;
    decision?: string;
    deferred?: boolean;
  }

  interface MoveQuestionRequest {
    type: "move_question";
    id: string;
    question: string;
    place: number;
  }

  interface MovedByRequest {
    type: "moved_by";
    id: string;
    round: number;
    comment: string | null;
  }

  interface Movement {
    since: number;
    changed?: number;
    stayed?: number;
    kept?: Record<string, number>;
    flows?: Flow[];
    agreement?: AgreementChange;
    moved_by?: Moving[];
    settled: boolean;
    because: string[];
  }

  interface Moving {
    comment: string;
    people: number;
    at_least: boolean;
  }

  interface NamedBallot {
    name: string;
    ballot: Record<string, any> | null;
  }

  type Names = "secret" | "open";

  interface NewHost {
    host: string;
    name: string;
    host_key: string;
    link: string;
    qr: string;
  }

  interface NewQuestion {
    code: string;
  }

  interface Newcomer {
    id: string;
    name: string | null;
  }

  interface ObserveRequest {
    type: "observe";
    id: string;
    on: boolean;
  }

  interface OpenPremortemRequest {
    type: "open_premortem";
    id: string;
    option: string;
  }

  interface OpenRoundRequest {
    type: "open_round";
    id: string;
    method: string;
    settings?: RoundRequest;
  }

  interface Option {
    id: string;
    name: string;
    strapline: string;
    features: string[];
    suited_to: string;
    link: string;
    tags: string[];
    hue: number;
  }

  interface OptionDraft {
    id?: string | null;
    name: string;
    strapline?: string;
    features?: string[];
    suited_to?: string;
    link?: string;
    tags?: string[];
    hue?: number | null;
  }

  interface OptionEdit {
    id: string;
    name?: string;
    strapline?: string;
    features?: string[];
    suited_to?: string;
    link?: string;
    tags?: string[];
    hue?: number;
  }

  interface OwnProposal {
    id: string;
    name: string;
    strapline: string;
    about?: About;
    state: ProposalState;
    option: string | null;
    word: string;
    at: number;
  }

  interface OwnStance {
    option: string;
    stance: Stance;
    reason: string;
  }

  interface PauseRoundRequest {
    type: "pause_round";
    id: string;
    round: number;
    on: boolean;
  }

  interface PeopleFrame {
    type: "people";
    seq: number;
    people: PeopleView;
  }

  interface PeopleView {
    here: number;
    about?: boolean;
    observing: number;
    lost: number;
    waiting?: number;
    voted: number;
    choosing?: number;
    names: Person[] | null;
  }

  interface Person {
    name: string;
    voted: boolean | null;
    observes?: boolean;
  }

  interface PinCommentRequest {
    type: "pin_comment";
    id: string;
    comment: string;
    on: boolean;
  }

  interface Prediction {
    text: string;
    confidence: number;
    came_true?: boolean;
  }

  interface PredictionDraft {
    text: string;
    confidence: number;
  }

  interface PremortemView {
    option: string;
    seq: number;
    opened_at: number;
    revealed_at: number | null;
  }

  type ProposalState = "open" | "accepted" | "merged" | "declined";

  interface ProposalView {
    id: string;
    name: string;
    strapline: string;
    about?: About;
    proposer: string | null;
    at: number;
  }

  interface ProposalsFrame {
    type: "proposals";
    seq: number;
    proposals: ProposalView[];
  }

  interface ProposeRequest {
    type: "propose";
    id: string;
    proposal: string;
    name: string;
    strapline?: string;
  }

  type Proposing = "closed" | "open" | "criteria";

  interface PulseFrame {
    type: "pulse";
    seq: number;
    now: number;
    store: StoreState;
    network?: number;
  }

  interface QuestionPlace {
    code: string;
    n: number;
  }

  type QuestionState =
    "setup" | "open" | "locked" | "revealing" | "revealed" | "decided" | "deferred" | "gone";

  interface QuestionView {
    code: string;
    n: number;
    title: string;
    state: QuestionState;
    outcome: string;
    record?: string;
  }

  interface ReactRequest {
    type: "react";
    id: string;
    comment: string;
    emoji: string;
    on: boolean;
  }

  interface ReadOption {
    name: string;
    strapline: string;
    features: string[];
    suited_to: string;
    link: string;
    tags: string[];
  }

  interface Reading {
    rule: Rule;
    winners: string[];
  }

  interface RefusedFrame {
    type: "refused";
    id: string;
    code: Code;
    message: string;
  }

  interface RemoveHostRequest {
    type: "remove_host";
    id: string;
    host: string;
  }

  interface RemoveOptionRequest {
    type: "remove_option";
    id: string;
    option: string;
  }

  interface RemoveQuestionRequest {
    type: "remove_question";
    id: string;
    question: string;
  }

  interface RenameRequest {
    type: "rename";
    id: string;
    name: string | null;
  }

  interface RenewInviteRequest {
    type: "renew_invite";
    id: string;
    invite: string;
  }

  interface ReopenRequest {
    type: "reopen";
    id: string;
  }

  interface ReopenRoundRequest {
    type: "reopen_round";
    id: string;
    round: number;
  }

  interface Replay {
    version: number;
    code: string;
    seq: number;
    title: string;
    group: number;
    hides_round: number | null;
    options: ReplayedOption[];
    rounds: ReplayedRound[];
    moments: Moment[];
    comments: ReplayedComment[];
    commitment: Commitment | null;
    risks: Risk[];
    more_comments: number;
  }

  interface ReplayedComment {
    at: number;
    option: string;
    kind: Kind;
    text: string;
    name: string | null;
    reply: boolean;
  }

  interface ReplayedOption {
    id: string;
    name: string;
    hue: number;
  }

  interface ReplayedRound {
    n: number;
    method: string;
    settings: RoundSettings;
    options: Record<string, string>;
    stepwise: boolean;
  }

  type Request =
    | VoteRequest
    | WithdrawRequest
    | CommentRequest
    | EditCommentRequest
    | DeleteCommentRequest
    | ReactRequest
    | RenameRequest
    | ObserveRequest
    | OpenRoundRequest
    | LockRoundRequest
    | RevealRoundRequest
    | ReopenRoundRequest
    | ExtendRoundRequest
    | PauseRoundRequest
    | AddOptionRequest
    | EditOptionRequest
    | RemoveOptionRequest
    | SetGatesRequest
    | AnswerGateRequest
    | SetCriteriaRequest
    | TakeWeightsRequest
    | ProposeRequest
    | WithdrawProposalRequest
    | AcceptProposalRequest
    | MergeProposalRequest
    | DeclineProposalRequest
    | SetBoardRequest
    | HideCommentRequest
    | PinCommentRequest
    | SetArgumentRequest
    | DecideRequest
    | ScorePredictionRequest
    | ExperienceRequest
    | StanceRequest
    | MovedByRequest
    | AssignRiskRequest
    | OpenPremortemRequest
    | RevealPremortemRequest
    | DeferRequest
    | ReopenRequest
    | ArchiveRequest
    | DeleteBoardRequest
    | AdmitRequest
    | RemoveHostRequest
    | RenewInviteRequest
    | RevokeInviteRequest
    | MoveQuestionRequest
    | RemoveQuestionRequest
    | GoToQuestionRequest;

  interface Result {
    order: string[][];
    winners: string[];
    totals: Record<string, number>;
    decided_by: string;
    steps: string[];
    histogram?: Record<string, number[]>;
    pairwise?: Record<string, Record<string, number>>;
    paths?: Record<string, Record<string, number>>;
    rounds?: Record<string, number>[];
    agreement?: Record<string, number>;
    no_opinion?: Record<string, number>;
    means?: Record<string, Record<string, number>>;
    beside?: Record<string, AlternativeCount>;
  }

  interface RevealPremortemRequest {
    type: "reveal_premortem";
    id: string;
  }

  interface RevealRoundRequest {
    type: "reveal_round";
    id: string;
    round: number;
    at_once?: boolean;
  }

  interface RevokeInviteRequest {
    type: "revoke_invite";
    id: string;
    invite: string;
  }

  interface Reweighting {
    option: string;
    shift: number | null;
    sources: string[];
    target: string | null;
  }

  interface Risk {
    id: string;
    source: RiskSource;
    text: string;
    owner: string;
    support?: number;
  }

  type RiskSource = "reservation" | "block" | "premortem";

  interface RiskView {
    id: string;
    source: RiskSource;
    text: string;
    owner: string;
    support?: number;
    names?: string[];
  }

  type Role = "voter" | "observer" | "host";

  interface RoundBeside {
    round: RoundView;
    tally: TallyView;
    ballots?: NamedBallot[];
  }

  interface RoundFrame {
    type: "round";
    seq: number;
    round: RoundView | null;
  }

  interface RoundRequest {
    visibility?: Visibility;
    names?: Names;
    seconds?: number | null;
    options?: string[] | null;
    further_discussion?: boolean;
    tie_break?: TieBreak;
    shuffle?: boolean;
    sealed_talk?: boolean;
    stances?: boolean;
    experience?: boolean;
    dots?: number;
    per_option?: number;
    about?: About;
    criteria?: CriterionDraft[];
    quorum?: number;
  }

  interface RoundSettings {
    visibility: Visibility;
    names: Names;
    seconds: number | null;
    further_discussion: boolean;
    tie_break?: TieBreak;
    sealed_talk?: boolean;
    experience?: boolean;
    stances?: boolean;
    shuffle?: boolean;
    about?: About;
    dots?: number;
    per_option?: number;
    criteria?: Criterion[];
    quorum?: number;
  }

  interface RoundView {
    n: number;
    method: string;
    settings: RoundSettings;
    state: State;
    options: string[];
    names?: Record<string, string>;
    weights_from?: number;
    since?: number;
    opened_at: number;
    deadline: number | null;
    left_ms?: number;
    at?: number;
    tie_order?: string[];
    rules?: number;
  }

  type Rule =
    | "plurality"
    | "approval"
    | "dots"
    | "star"
    | "score"
    | "schulze"
    | "copeland"
    | "borda"
    | "instant_runoff"
    | "weighted_mean"
    | "equal_weights"
    | "own";

  interface ScorePredictionRequest {
    type: "score_prediction";
    id: string;
    prediction: number;
    came_true: boolean | null;
  }

  interface SealedFrame {
    type: "sealed";
    seq: number;
    sealed: SealedView | null;
  }

  interface SealedView {
    count: number;
  }

  interface SetArgumentRequest {
    type: "set_argument";
    id: string;
    comment: string;
    side: Side | null;
    text?: string;
  }

  interface SetBoardRequest {
    type: "set_board";
    id: string;
    title?: string;
    context?: string;
    settings?: BoardSettingsChange;
  }

  interface SetCriteriaRequest {
    type: "set_criteria";
    id: string;
    criteria: CriterionDraft[];
  }

  interface SetGatesRequest {
    type: "set_gates";
    id: string;
    gates: GateDraft[];
  }

  type Side = "pro" | "con";

  interface Since {
    epoch: string;
    seq: number;
  }

  interface SomeInvites {
    invites: InviteView[];
  }

  type Sort = "newest" | "support";

  type Stance = "commit" | "reservation" | "block";

  interface StanceRequest {
    type: "stance";
    id: string;
    round: number;
    option: string;
    stance: Stance | null;
    reason?: string;
  }

  interface StancesFrame {
    type: "stances";
    seq: number;
    stances: StancesView | null;
  }

  interface StancesView {
    round: number;
    option: string;
    commit: number;
    reservation: number;
    block: number;
    risks: RiskView[];
  }

  type Standing = "pass" | "fail" | "unknown";

  type State = "open" | "locked" | "revealed";

  type StoreState = "ok" | "away";

  interface TakeWeightsRequest {
    type: "take_weights";
    id: string;
    round: number;
  }

  interface TalkView {
    comments: number;
    pro: number;
    con: number;
    question: number;
    risk: number;
    note: number;
  }

  interface TallyFrame {
    type: "tally";
    seq: number;
    tally: TallyView | null;
  }

  interface TallyView {
    round: number;
    voters: number;
    counted?: number;
    step?: number;
    result?: Result;
    insights?: Insight[];
    verdict?: Verdict;
    lens?: Lens;
    movement?: Movement;
  }

  type TieBreak = "none" | "listed" | "lot";

  interface Told {
    history: Event[];
  }

  interface Verdict {
    word: Certainty;
    margin: Margin | null;
    readings: Reading[];
    weights?: Reweighting[];
    because: string[];
  }

  type View = "ballot" | "screen" | "host";

  type Visibility = "on_reveal" | "after_vote" | "live";

  interface VoteRequest {
    type: "vote";
    id: string;
    round: number;
    ballot: Record<string, any>;
  }

  interface WelcomeFrame {
    type: "welcome";
    epoch: string;
    seq: number;
    now: number;
    resumed: boolean;
    you: You;
    board: BoardView;
    round: RoundView | null;
    tally: TallyView | null;
    comments: (CommentView | DeletedComment)[];
    more_comments?: number;
    comments_before?: number;
    more_replies?: Record<string, EarlierReplies>;
    talk?: Record<string, TalkView>;
    proposals?: ProposalView[];
    your_proposals?: OwnProposal[];
    sealed?: SealedView | null;
    your_sealed?: CommentView[];
    stances?: StancesView | null;
    your_stance?: OwnStance | null;
    your_experience?: Record<string, Level>;
    your_moved_by?: string | null;
    people: PeopleView;
    meeting?: MeetingView;
    ballot: Record<string, any> | null;
  }

  interface WithdrawProposalRequest {
    type: "withdraw_proposal";
    id: string;
    proposal: string;
  }

  interface WithdrawRequest {
    type: "withdraw";
    id: string;
    round: number;
  }

  interface You {
    seat: string | null;
    name: string | null;
    role: Role;
    votes: boolean;
    invite: number | null;
    seat_lost?: Loss;
    waits?: boolean;
  }

  interface YourExperienceFrame {
    type: "your_experience";
    seq: number;
    your_experience: Record<string, Level>;
  }

  interface YourMovedByFrame {
    type: "your_moved_by";
    seq: number;
    your_moved_by: string | null;
  }

  interface YourProposalsFrame {
    type: "your_proposals";
    seq: number;
    your_proposals: OwnProposal[];
  }

  interface YourSealedFrame {
    type: "your_sealed";
    seq: number;
    your_sealed: CommentView[];
  }

  interface YourStanceFrame {
    type: "your_stance";
    seq: number;
    your_stance: OwnStance | null;
  }
}
