/** Every sentence that the script says, in one place, so that languages can follow. */

import { ballots } from "./words/ballots.js";
import { count } from "./words/grammar.js";
import { host } from "./words/host.js";
import { results } from "./words/results.js";
import { rounds } from "./words/rounds.js";

export const words = {
  ballots,
  results,
  rounds,
  methods: { single: "One choice", approval: "Approval", dots: "Dots", score: "Scores (STAR)", ranked: "Ranking (Schulze)", matrix: "Criteria" },
  phases: { setup: "Not open yet", open: "Voting open", locked: "Voting closed", revealed: "Result", decided: "Decided" },
  kinds: { pro: "For", con: "Against", question: "Question", risk: "Risk", note: "Note" },
  round: (n) => `Round ${n}`,
  anonymous: "anonymous",
  furtherDiscussion: "Further discussion",
  furtherDiscussionStrapline: "none of these is ready, we need to talk more",

  pausedPhase: "Voting open, clock paused",
  timeLeft: (clock) => `${clock} left`,
  timePaused: (clock) => `Clock paused, ${clock} left`,
  timeUp: "Time is up",

  rules: {
    setup: "Voting opens when the host starts a round. You can read and comment already.",
    on_reveal: "Results are hidden until the reveal, so that nobody follows the crowd.",
    after_vote: "You see the results once you have voted.",
    live: "Results are live: every vote shows at once.",
    secret: "Ballots are secret.",
    open: "Ballots are open: each is kept under its voter's seat and can be joined to a name later.",
    tieBreaks: {
      listed: (order) => `If the ballots tie, the board's order decides${order && `: ${order}`}.`,
      lot: (order) => `If the ballots tie, a lot decides that was drawn when the round opened${order && `: ${order}`}.`,
    },
    hostSees: "The host sees the results before the reveal.",
  },

  withdraw: "Withdraw",
  notInRound: "Not on the ballot of this round",
  notOpen: "Voting is not open yet",
  votingClosed: "Voting is closed",
  saved: "✓ saved",
  sending: "sending…",
  willSend: "offline, will send",
  storeWillSend: "waiting, will send",
  voted: (n) => `${n} voted`,

  comments: (n) => [String(n), n === 1 ? " comment" : " comments"],
  yourComment: (name) => `Your comment on ${name}`,
  yourReply: "Your reply",
  kindOfComment: "What kind of comment is it?",
  commentHint: "What should the others know?",
  post: "Post",
  reply: "Reply",
  edit: "Edit",
  save: "Save",
  cancel: "Cancel",
  remove: "Delete",
  removeSure: "Delete it for everyone?",
  charactersLeft: (n) => (n >= 0 ? `${n} characters left` : `${-n} characters too many`),
  deletedComment: "This comment was deleted.",
  hiddenComment: "The host has hidden this comment.",
  commentsClosed: "The host has closed comments.",
  edited: "edited",
  pinned: "pinned",
  hiddenMark: "hidden",
  react: (emoji, n, on) => `${EMOJI_NAMES[emoji] ?? emoji}, ${n}${on ? ", yours too" : ""}`,

  talk: {
    add: "Add a comment",
    silentShort: { closed: "Comments are closed", waiting: "You wait at the door", watching: "You are watching" },
    silent: { closed: "The host has closed comments.", waiting: "You can write as soon as the host lets you in.", watching: "Who only watches reads along, and says nothing." },
    kept: "What you wrote stays here.",
    sort: "Order",
    sorts: { newest: "Newest", support: "Support" },
    option: "About which option?",
    allOptions: "All options",
    showKinds: "Show only",
    kind: (name, n) => `${name}: ${n}`,
    more: (n) => (n > 0 ? `Show older (${n})` : "Show older"),
    loading: "Loading…",
    notLoaded: "Older comments could not be loaded. Try again.",
    earlier: (n) => `Show ${count(n, "earlier reply", "earlier replies")}`,
    moreReactions: "More reactions",
    answer: "Reply",
  },

  whoYouAre: (name, watches) => `You ${watches ? "watch" : "take part"} ${name ? `as ${name}` : "without a name"}`,
  nameHint: "optional, shown beside your comments",
  nameHintHidden: "optional, this board shows no names",

  dismiss: "Dismiss",
  refused: { vote: "Your vote was not saved.", withdraw: "Your vote was not withdrawn.", comment: "Your comment was not posted.", edit_comment: "Your change was not saved.", delete_comment: "Your comment was not deleted.", react: "Your reaction was not saved.", rename: "Your name was not saved." },
  refusedOther: "That was not saved.",

  lost: {
    ballot: "The server went back to an earlier state, and your last vote is gone with it. Look at your ballot, and vote again if it is not what you want.",
    comment: "The server went back to an earlier state, and a comment of yours is gone with it. What you wrote is in its field again.",
  },

  line: {
    lost: "No connection. Trying again; what you do waits on this device.",
    blocked: "Live updates are blocked on this network. Reload the page for the latest; votes wait on this device until a connection works.",
    store: "The server cannot save right now. What you do waits on this device and is sent when it can.",
    screenLost: "Reconnecting…",
    screenBlocked: "Live updates are blocked on this network",
    screenStore: "The server cannot save right now",
    unsupported: "This browser has no live connection (WebSockets). Reload the page for the latest.",
    1009: "What this page sent was too large for the server. Reload the page, and write less.",
    4000: "This page and the server do not understand each other. Reload the page.",
    4003: "You are not allowed on this board. Ask the host for a link.",
    4004: "This board is no longer there.",
  },
  notLoaded: "This could not be loaded. Try again in a moment.",
  notConnected: "There is no connection right now. Nothing was changed; try again in a moment.",
  brokeMeanwhile: "The connection broke meanwhile. Look whether it was done before you try again.",

  turnout: (voted, here) => `${voted} of ${here} have voted`,
  ringOf: (here) => `of ${here} have voted`,
  ringNobody: "Nobody is here yet",
  stillChoosing: (n) => `${count(n, "person is", "people are")} still choosing`,
  closedWith: (n) => `Voting is closed with ${count(n, "ballot", "ballots")}. The result is about to be shown.`,
  here: (n) => `${n} here`,
  counts: (here, voted) => `${here} here · ${voted} voted`,
  entry: {
    seat: (n) => `You are here with invitation ${n}. Only this browser holds its seat.`,
    move: "Move to another device",
    haveCode: "I have a code",
    lost: {
      moved: "You moved your seat to another device. This one only watches.",
      renewed: "The host renewed your invitation: this seat is no longer yours. You can watch; ask the host for the new link.",
      revoked: "Your invitation was taken back. You can watch; ask the host for another one to take part.",
    },
    waits: "The host lets people in one by one. Wait a moment: you can read along, and your vote opens here as soon as you are in. Your name helps the host to know you.",
    invited: "This board is by invitation. You can watch; to vote, open the link that was made for you.",
  },
  screenCall: {
    open: "Scan the code and have a look. Voting opens in a moment.",
    admitted: "Scan the code. The host lets you in, and voting opens in a moment.",
    invited: "Voting opens in a moment. Come in with the invitation that you were given.",
  },

  pressAgain: "Press R again to show the result to everyone.",
  extended: "Done.",
  lastMinute: "last minute",
  pause: "pause",
  goOn: "go on",
  paused: "The clock stands still.",
  goesOn: "The clock goes on.",

  announce: {
    reveal: (sentence) => `The result is shown. ${sentence}`,
    open: "Voting is open.",
    locked: "Voting is closed.",
    decided: (name) => `Decided: ${name}.`,
  },
  lookAgain: (day) => `Look again on ${day}`,

  host,

  home: {
    roles: { host: "host", voter: "voter", observer: "looking on" },
    decided: "decided",
    today: "today",
    yesterday: "yesterday",
  },
};

const EMOJI_NAMES = { "👍": "Thumbs up", "❤️": "Heart", "🎉": "Party", "🤔": "Thinking" };
