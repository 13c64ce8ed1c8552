### The pages as the server renders them: `templates/`.

## Every page

site-description = Everyone votes on a phone, the room watches one screen, and you leave with a decision on record.
skip-to-content = Skip to content
not-started-title = This page has not started.
not-started = What you see is not live, and nothing can be sent from it.
page-failed-title = A part of this page has stopped.
page-failed = What it shows may be out of date, and what you do may not arrive.
page-why-unknown = Its script did not arrive, because a content blocker, a proxy or the network held it back; or this browser is too old: it takes Chrome or Edge 109, Firefox 115, Safari 15.6 (iOS 15.6) or newer.
page-why-load = Its script did not arrive. A content blocker, a proxy or the network may hold it back.
page-why-old = This browser is too old for it. Use Chrome or Edge 109, Firefox 115, Safari 15.6 (iOS 15.6) or newer.
page-why-error = Its script has failed. If reloading does not help, use another browser, or switch extensions off. The error:
page-reload = Reload the page

## The home page

home-title = Decide on your stack together.
home-join-label = Join with a code
join = Join
home-open-here = Open on this server
home-on-this-device = On this device
home-start-title = Or start from a template
home-more-options = { $n } more
home-start-this-board = Start this board{ $unseen }: { $title }{ $unseen_end }
home-own-title = Start with your own list
home-own-hint = Paste it as you have it, from a document, a table or a spreadsheet, or drop a file on this page.
home-own-more = Context or a file
board-title-label = What are you deciding?
home-title-example = Which queue should we use for the new ingest?
home-options-label = Options, one per line
# Names of four products, each on a line
home-options-example =
    Kafka
    RabbitMQ
    NATS
    Redis Streams
board-context-label = What should everyone know?
optional = optional
home-start-the-board = Start the board
home-file-label = Or a file
home-file-hint = text, CSV, YAML or JSON
home-check-list = Check the list first
home-example-title = What the room sees
home-example = Example
home-example-told = An example: { $voters } people vote on their phones. While they do, no one sees a result. Then it is revealed, from the last place to the first: { $decided }
home-left-out = For you as the operator: these files are not offered as boards.

## The ballot

ballot-seat-moved = { refusal-seat-moved }
ballot-seat-renewed = The host renewed your invitation: this seat is no longer yours. You can watch; ask the host for the new link.
ballot-seat-revoked = Your invitation was revoked. You can watch; to take part, ask the host for a new one.
ballot-have-code = I have a code
ballot-seat-held = You are here with invitation { $n }. Only this browser holds its seat.
seat-move-elsewhere = Move to another device
ballot-entry-waiting = The host lets people in one by one. Please wait: you can follow along, and you can vote here as soon as you are let in. Enter your name so that the host knows who you are.
ballot-invited-only = This board is by invitation only. You can watch; to vote, open the link you were given.
ballot-needs-script = Voting and live results need JavaScript. Everything else can be read here; reload the page for the latest.
phase-decided = Decided
phase-deferred = Deferred
phase-archived = Archived
board-archived-note = This board is archived: everyone can read it, and nothing changes any more. A host can open it again.
host-life-title = Archive or delete
host-life-archive-hint = Archived: everyone can read the board, and nothing changes until a host opens it again.
host-life-delete-hint = Deleted: the board is gone for everyone, on every open page too, and cannot be brought back.
# $days: a whole number
host-life-kept = { $days ->
    [one] Kept: for { $days } day after anyone last opened or read it, and a decision until a year after the day to look at it again. Then the board is deleted.
   *[other] Kept: for { $days } days after anyone last opened or read it, and a decision until a year after the day to look at it again. Then the board is deleted.
  }
# $day: a date
host-life-due = Unless anyone opens or reads it again, it is deleted on { $day } or in the week after.
# $was, $day: dates
host-life-spared = This board had not been used for a long time, and was due to be deleted on { $was }. Now that it is in use again, it is kept until { $day }. To keep the outcome for good, save its record.
host-archive-board = Archive the board
host-delete-board = Delete the board…
decision-without-vote = Decided without a vote
deferral-until = Until { $day }
deferral-owner = { $owner } brings it back.
decision-predicted = What we expect of it
decision-revisit-on = Revisit on { $day }
result-title = Result
result-voters = { $voters } voted
# $counted: how many of the $voters ballots the result counts until the reveal
result-counted = { $counted } of { $voters } ballots are counted until the reveal.
ballot-no-name = You are taking part without a name
ballot-name-label = Your name
ballot-name-hint = optional, shown next to your comments
save = Save
ballot-watch-label = I am only watching
ballot-watch-hint = The room does not wait for your vote
ballot-ranking-title = Your ranking
ballot-ranking-hint = Best at the top. Drag an option by its grip or use the arrows; use ⋯ to tie it with another or leave it out.
ballot-ranking-keys = With the focus on a grip, the arrow keys move the option, = ties it with the one above, and Delete leaves it out.
ballot-scores-title = Your scores
ballot-scores-hint = 0 is worst, 5 is best. “No opinion” enters no mean.
options-title = Options
rounds-title = Rounds side by side
ballot-all-comments = All comments in one list
ballot-filter = Find an option
ballot-no-options = There is nothing to vote on yet. The host will add the options.
ballot-voted = Your vote is in.
ballot-withdraw = Withdraw

## The shared screen

screen-title = Shared screen
results-title = Results
screen-turnout = Turnout
screen-here = { $here ->
    [0] No one is here yet
   *[other] { $here } here
}
screen-about = Talk about this
screen-of-have-voted = of { $here } have voted
screen-decided = Decided: { $option }.
screen-decided-without-vote = Decided: { $option }. This was decided without a vote.
screen-deferred = Deferred until { $day }. { $owner } brings it back.
screen-opens-invited = Voting opens in a moment. Join with the invitation you were given.
screen-opens-admitted = Scan the code. The host will let you in, and voting opens in a moment.
screen-opens = Scan the code and have a look. Voting opens in a moment.
screen-join-at = Scan, or open
comments-title = Comments
comment-reply = Reply
comment-anonymous = anonymous
comment-mark-pinned = pinned
# How many voted, and how many of those here have not; all of those who voted may have left since
turnout-choosing = { $voted } voted, { $choosing } still choosing
turnout-closed = { $voted } voted, { $choosing } did not
turnout-all = { $voted ->
    [0] No one has voted yet
    [one] { $voted } voted, no one is still choosing
   *[other] All { $voted } have voted
}
# Where it may not be told who has voted
turnout-here = { $voted } voted, { $here } here
screen-needs-script = Without JavaScript this page does not update itself. Reload it for the latest numbers.
screen-key-reveal = reveal
screen-key-space = Space
screen-key-pause = pause
screen-key-extend = one more minute
# The key that shows how to join, J in every language
screen-key-j = J
screen-key-join = join code
screen-key-full = full screen
screen-key-w = W
screen-key-weights = weights
screen-weights-title = Try other weights
screen-help-weights = Try other weights, after a round by criteria
screen-key-help = help
screen-help-title = The shared screen
screen-help-join = How to join, as large as the screen, and back; so does a click on the code
screen-help-full = Full screen on or off
screen-help-reveal = Reveal the result: press it twice; once more shows it without the rest of what leads up to it. Works where the host is signed in.
screen-help-clock = Pause or resume the clock; without a time limit, start the last minute. Works where the host is signed in.
screen-help-extend = Add one minute. Works where the host is signed in.
screen-help-sound = A soft sound at the reveal, on or off
screen-sound-switch = Sound at the reveal
screen-help-help = This help
close = Close

## The host's console

host-title = Host
host-edit-question = Edit{ $unseen } the question{ $unseen_end }
host-counts = { $here } here · { $voted } voted
host-copy-join-link = Copy join link
host-address-choose = Address for phones
host-address-hint = If phones cannot open the one that is shown, choose another.
host-address-only-here = Only the server's own machine can open this address. Connect that machine to a network, and the new address appears here.
host-keys = Keys
host-keys-title = Keys of the console
host-keys-on = Keys are switched on
# The keys themselves, the same in every language
host-key-n = N
host-key-p = P
host-key-s = S
host-key-enter = Enter
host-key-next = The next step. What cannot be undone asks first; press it again for yes.
host-key-minute = One more minute, or the last one
host-key-pause = Stop the clock, or let it go on
host-key-screen = Open the shared screen
host-key-dialog = In a dialog, do what it is for
host-open-screen = Open shared screen
host-needs-script = The host's console needs JavaScript. You can read the board here.
host-before-first-round = Before the first round
round-number = Round { $n }
host-step-setup = Set up
host-step-open = Voting
phase-locked = Voting closed
host-step-revealed = Result shown
host-next-step = Next step
host-room-sees-title = The room sees
host-results-none = Bars appear here once people vote.
host-results-hidden = Hidden from everyone until the reveal, including you.
host-add-option = Add an option
host-add-list = Add a list
host-list-hint = or a table, as you have it
host-add-all = Add all
host-again-title = Use it again
host-start-another = Start another like this
host-save-template = Save as template
gates-title = Must-haves
criteria-title = Criteria to compare by
host-criteria-edit = Edit criteria
host-criteria-hint = By what the options are compared in a round by criteria. The room can weigh them first, with dots.
host-criteria-frozen = Criteria can only change between rounds.
host-gates-edit = Edit must-haves
host-gates-hint = What an option must have. One that fails drops out: the rounds that follow are held without it.
host-gates-frozen = Must-haves can only change between rounds, because they decide what is on the ballot.
host-gates-rows-hint = Each with the person who finds out; that is optional
host-gates-add = Add a must-have
host-options-frozen = Options can only change between rounds, so that everyone votes on the same ones.
host-people-title = People
host-newcomers-title = Newcomers
host-newcomers-wait = Make newcomers wait
host-newcomers-waiting = People waiting to be let in
host-newcomers-by-minute = Newcomers per minute
host-comments-closed = Comments are closed: no one can write, reply or react.
host-no-comments = No comments yet.
comments-older = Older comments not on this page: { $n }
host-rules-title = Rules of the board
host-show-names = Show names
host-show-names-hint = Next to comments and in the list of people
host-comments-open = Comments open
host-proposals-open = People can propose options
host-proposals-open-hint = You accept, merge or decline each one
host-proposals-criteria = People can propose criteria
host-proposals-criteria-hint = In place of options, before the room weighs them
host-proposals-title = Proposals
proposals-title = { $about ->
    [criteria] Proposed criteria
   *[options] Proposed options
  }
proposals-hint = The host accepts, merges or declines each one, and you read the answer here. Up to { $max } of yours can wait at a time.
proposals-form-title = { $about ->
    [criteria] Propose a criterion
   *[options] Propose an option
  }
proposal-why-label = Why?
proposal-send = Propose
proposed-by = Proposed by { $name }
proposal-word-label = A word to the person who proposed it
proposal-into-label = Into which one?
screen-proposals-rest = and { $n } more
screen-proposals-title = Proposed by the room
host-entry-admitted = Newcomers wait to be let in
host-entry-admitted-hint = Until you let them in. People already here stay in
host-entry-invited = By invitation only
host-entry-invited-hint = Set before a round opens. People without one can watch
host-sees-results = Host sees hidden results
host-sees-results-hint = Set before a round opens. Every page will say so
invitations-title = Invitations
host-invitations-hint = Each invitation is one seat with one ballot. The first browser to take it keeps it; after that its link opens nothing, not even for you. If someone loses a device, renew their invitation.
host-invitations-count = How many?
host-make-invitations = Make invitations
host-invitations-print = Printable sheet
hosts-title = Hosts
hosts-add-label = Another host
name-label = Name
host-let-in = Let in
hosts-hand-over = To hand over the meeting, add another host, then stop being one yourself.
host-elsewhere = Host from another device
host-link-secret = Anyone who opens this link becomes a host of this board. Keep it to yourself.
host-link-title = Host link
host-copy-link = Copy host link
host-history-title = History of the meeting

## The page of a host link

host-link-become = Become host
host-link-become-named = Become host as { $name }
host-link-become-unnamed = Become a host of this board
host-link-hint = This link makes this browser a host. What you do here is recorded in the history under that host.
host-link-held-named = This browser is already a host of this board, as { $name }.
host-link-held-first = This browser is already a host of this board, with the board's first key.
host-link-forgets = If you continue, this browser forgets that key. Save its link first if you have it nowhere else.
host-link-replace = Replace the key
host-link-keep = Keep the current key
board-just-view = Just view the board

## The sheet of invitations

invites-back = Back to the console
invites-all-taken = All invitations are taken. Make more on the host's console, then print them here.
invites-none = No invitations yet. Make some on the host's console, then print them here.
invites-hint = Print this page and cut it up. Each card is one seat with one ballot, for the first browser to take it. Invitations that are already taken are not shown.
invites-pages = Pages
invites-earlier = Earlier cards
invites-range = Cards { $first } to { $last } of { $count }
invites-next = Next cards
invites-card-title = Your seat, your vote
invites-card-how = Scan the code or type in the address:
invitation-number = Invitation { $n }

## Seats

seat-yours = Your seat
seat-none-title = No seat in this browser
seat-lost-title = No longer your seat
seat-none = This browser has no invitation to this board. Open the link you were given, or type in the code that moves your seat here from another device.
seat-held = Only this browser holds the seat: no one else can see or change its ballot, not even the host.
seat-move-hint = You get a code that works once and expires after five minutes. When you use it on the other device, the seat and its ballot move there, and this browser can only watch.
seat-move-show-code = Show the code
seat-go-to-board = Go to the board
seat-moving = Scan this with the other device and confirm there. It works once and expires after five minutes; until you confirm, the seat stays here. Do not show it to anyone else: it carries the seat and its ballot.
seat-moving-open = Or open { $address } there and type in
seat-moving-link = Or send this link to yourself
seat-back-to-board = Back to the board
seat-taken-title = This link is taken
seat-taken-shared = This invitation was used in an older version, when a link was not tied to one browser, so it is not known whose seat it is. Ask the host to renew it: you get a new link, and the earlier ballot is withdrawn.
seat-taken = Another browser holds this seat. A link can be claimed only once; after that it opens nothing, not even for the host.
seat-taken-yours = If that was you, open the board in that browser. There you can also move the seat to this device: type in the code that it shows you.
seat-taken-renew = If it was not you, or you have lost that device, ask the host to renew invitation { $n }. That empties the seat, withdraws its ballot if the round is not yet revealed, and gives you a new link.
seat-view-board = View the board
seat-take-title = Take your seat
seat-move-title = Move your seat to this device
seat-take-hint = You are invited to this board: one seat, one ballot. The first browser to take the seat keeps it, and from then on the link opens nothing for anyone else. Take it on the device you will vote with.
seat-move-here-hint = The seat moves here with its name, comments and ballot. The device that holds it now loses it at the same moment.
seat-leave-named = You are { $name } there.
seat-leave-stays = If you leave that seat, its vote and comments stay with it and still count.
seat-leave-returns = Its own link will bring this browser back to it.
seat-leave-for-ever = You cannot return to it.
seat-leave-and-take = Leave that seat and take this one
seat-take = Take this seat
seat-move-here = Move it here
seat-stay = Stay in your seat

## Errors

problem-try-another-code = Try another code
problem-start-page = Go to the start page

## What ids of the protocol are called

phase-setup = Not open yet
phase-revealing = Look at the screen
ballot-look-up = Look at the screen: the result is about to be shown there.
phase-open-paused = Voting open, clock paused
phase-open = Voting open
kind-pro = For
kind-con = Against
kind-question = Question
kind-risk = Risk
kind-note = Note
further-discussion = Further discussion

## The rules of a round

rules-before = Voting opens when the host starts a round. You can already read and comment.
rules-criteria = This round is about the criteria: what matters how much to the room.
rules-hidden = Results are hidden until the reveal, so that no one follows the crowd.
rules-quorum = An option that fewer than { $share }% of the voters score stands behind the others.
rules-after-vote = You see the results once you have voted.
rules-live = Results are live: every vote shows at once.
# $least: how many must have voted; $step: how many people's ballots change it at least
rules-steps-hidden = Results are hidden until { $least } people have voted. Then they move in steps of at least { $step } ballots, so that no one can tell a single vote.
rules-steps = Results move in steps of at least { $step } ballots, so that no one can tell a single vote. The ballots of those who voted last are counted at the reveal.
rules-sealed = Comments stay hidden until the reveal. Then all of them appear together.
rules-secret = Ballots are secret.
rules-open = Ballots are open: each is stored under its voter's seat and can be linked to a name later.
rules-tie-lot = If the ballots tie, the lot drawn when the round opened decides: { $order }.
rules-tie-listed = If the ballots tie, the board's order decides: { $order }.
rules-host-sees = The host sees the results before the reveal.

## Results

ranking-caption = Result by option
ranking-rank = Rank
ranking-option = Option
ranking-votes = Votes
ranking-approvals = Approvals
ranking-dots = Dots
ranking-points = Points
ranking-wins = Wins
ranking-weighted-mean = Weighted mean
figure-mean = { NUMBER($mean, minimumFractionDigits: 2, maximumFractionDigits: 2) }
ranking-percent = { $percent }%
sureness-title = How sure the result is
pictures-title = Round { $n } in pictures
pictures-others = Other rounds in pictures
pictures-figures = The figures
pictures-figures-of = { pictures-figures }: { $picture }
evidence-counted = How this was counted
evidence-ballots = Who voted what

## The card of an option

option-gate = { $answer ->
    [pass] Passes: { $gate }
    [fail] Out, because it fails: { $gate }
   *[unknown] Not known yet: { $gate }
  }
option-gate-asked = { $gate } ({ $owner } finds out)
option-learn-more = Learn more
option-more = More
option-suited-to = Suited to:
option-result = { $method }: { $total }
option-approvals = { $voters ->
    [one] { $total } of { $voters } voter
   *[other] { $total } of { $voters } voters
  }
option-comments = { $n ->
    [one] { $figure }{ $n }{ $figure_end } comment
   *[other] { $figure }{ $n }{ $figure_end } comments
  }
option-add-comment = Add a comment

## Comments

comment-mark-hidden = hidden
comment-mark-edited = edited
comment-mark-alone = raised by one person
# Beside one's own comment, while no one else may read it
comment-mark-sealed = hidden until the reveal
comments-sealed = { $n ->
    [one] { $n } comment is hidden until the reveal
   *[other] { $n } comments are hidden until the reveal
}
comment-deleted = This comment was deleted.
comment-hidden-by-host = The host has hidden this comment.

## What this person has sent

sent-single = You chose { $option }.
sent-approval = You could live with { $options }.
sent-approval-none = You could live with none of these.
sent-figure = { $name }: { $figure }
sent-scores = { $name }: { $scores }
sent-no-opinion = { $name }: no opinion
sent-blank = { $name }: left blank, which counts 0
# $options: those at this place, $count of them
sent-ranked = { $count ->
    [one] { $place }. { $options }
   *[other] { $place }. { $options } (tied)
  }
sent-below-all = Below all: { $options }
seat-code-label = Code from your other device
continue = Continue

## Dialogs of the host

option-strapline-label = In a few words
option-features-label = Features, one per line
option-suited-label = Suited to
option-link-label = Link
option-tags-label = Tags, separated by commas
cancel = Cancel
host-question-title = The question
argument-title = For the record
argument-hint = Without a choice, the record has the comments with the most support. As soon as you choose one for a side of an option, that side has only what you chose.
argument-side = It stands in the record
argument-pro = for the option
argument-con = against the option
argument-none = not by my choice
argument-text-label = In these words
argument-text-hint = Words of your own quote no one: they have no name. The comment itself stays as it is.
decide-title = Decide
decide-hint = The vote is advice; you record what was decided. Everyone sees it at once.
decide-option-label = Decided for
decide-because-label = Because
decide-revisit-label = Revisit on
decide-follows = What follows from it
decide-consequences = { record-consequences }
decide-add-consequence = Add a consequence
decide-confirmation-label = { record-confirmation }
decide-confirmation-hint = A number, a test or a date by which you can tell whether this was right
host-predictions-due = It is time to look at the decision again: did these come true?
decide-predictions = { record-predictions }
decide-predictions-hint = What you expect, so that it can be checked when you look at the decision again, and how sure you are
decide-add-prediction = Add a prediction
decide-record = Record the decision
defer-title = Defer
defer-hint = Nothing is decided yet. The board is kept until that day and a year beyond.
defer-owner-label = Who brings it back
defer-revisit-label = Look at it again on
defer-because-label = What is missing
defer-record = Defer the decision

## The form that opens a round

round-open = Open voting
round-method-label = How do people vote?
round-dots-title = Dots to give
round-dots-label = Dots per person
round-per-option-label = At most per option
round-about-criteria = Vote on the criteria
round-about-criteria-hint = People give dots to the criteria of the board; you can take the result over as their weights
round-criteria-title = Criteria and their weights
round-quorum-label = Scored by at least, % of the voters
round-quorum-hint = An option that fewer score stands behind the others.
round-add-criterion = Add a criterion
round-visibility-title = Who sees results, and when?
round-on-reveal = Everyone, at the reveal
round-on-reveal-hint = No one follows the crowd. The best choice for a decision.
round-after-vote = Each voter, after voting
round-after-vote-hint = The shared screen waits for the reveal.
round-live = Everyone, live
round-live-hint = With open ballots bars move with every vote, good for a warm-up. With secret ones they move in steps of several ballots.
round-sealed-talk = Comments stay hidden until the reveal
round-sealed-talk-hint = Everyone writes before they read the others. What only one person raised is marked.
round-experience = Ask how well people know each option
round-experience-hint = Never used, tried, or shipped it. After the reveal the result is told for each group of at least five people.
round-stances = Ask everyone whether they commit
round-stances-hint = After the reveal: commit, commit with a reservation, or block. The reasons become risks in the record.
round-ballots-title = Ballots
round-secret = Secret
round-secret-hint = No one can see who voted for what, not even the host.
round-names-open = Open
round-names-open-hint = Each is stored under its voter's seat and can be linked to a name later. Every page says so.
round-time-label = Time
round-no-limit = No limit, the host closes voting
round-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
  }
round-options-title = Options on the ballot
round-add-further-discussion = Add the option “Further discussion”
round-add-further-discussion-hint = For people who think that none of these is ready.
round-shuffle = Shuffle the options for each person
round-shuffle-hint = So that no option gains from being listed first.
round-tie-title = If it ends in a tie
round-tie-none = It stays a tie
round-tie-none-hint = The room discusses the tied options and votes on them again.
round-tie-listed = The board's order decides
round-tie-listed-hint = The option listed first on the board wins.
round-tie-lot = A lot decides
round-tie-lot-hint = Drawn when the round opens, before anyone votes, and shown to all.

## The voting methods

method-approval = Approval
method-approval-explained = Each person marks every option they could live with. Similar options do no harm.
method-dots = Dots
method-dots-explained = Each person spreads a few dots. Shows how much, but similar options split the dots.
method-matrix = Criteria
method-matrix-explained = Each person scores every option by several criteria, each with its own weight.
method-ranked = Ranking (Schulze)
method-ranked-explained = Each person ranks the options. The one that beats all others head to head wins.
method-score = Scores (STAR)
method-score-explained = Each person scores from 0 to 5. The two best go to a run-off on the same ballots.
method-single = One choice
method-single-explained = Each person chooses one option. Quick, but similar options split the vote.

## Lists: A, B and C

list-comma = { ", " }
list-and = { $others } and { $last }
list-or = { $others } or { $last }

## The record of a decision

record-title = Decision record
record-link = Decision record
record-to-board = To the board
record-pages = More of this meeting
record-undecided = Not decided yet
record-turnout = { $voters ->
    [one] { NUMBER($voters, useGrouping: 1) } voter
   *[other] { NUMBER($voters, useGrouping: 1) } voters
  }, { $rounds ->
    [one] { $rounds } round
   *[other] { $rounds } rounds
  }
record-outcome = Decision
record-missing = Missing from this record
record-drivers = What we looked for
record-weight = weight { $weight }
record-gate-row = { $answer ->
    [pass] Pass: { $options }
    [fail] Fail, and dropped out: { $options }
   *[unknown] Not known: { $options }
  }
record-gates = { gates-title }
record-numbers = The numbers
record-agreement = Agreement
record-place = place { $place }
record-round = Round { $n }: { $method }, { $voters ->
    [one] { NUMBER($voters, useGrouping: 1) } voter
   *[other] { NUMBER($voters, useGrouping: 1) } voters
  }
record-secret = Ballots were secret.
record-open = Ballots were open.
record-arguments = For and against { $name }
record-for = For
record-against = Against
record-support = { $n ->
    [one] { $n } agrees
   *[other] { $n } agree
  }
record-reworded = in the host’s words
record-credit-support = { $name }, { $n ->
    [one] { $n } agrees
   *[other] { $n } agree
  }
record-considered = Options
record-considered-too = Also considered
record-dissent-title = Dissent
premortem = Pre-mortem
premortem-open = Ask everyone why it failed
premortem-show = Show what people wrote
record-risks = Commitment and risks
record-consequences = Consequences
record-confirmation = How we will know
record-predictions = Predictions
record-calendar = Add it to a calendar
record-look-again = Look again on { $day }
record-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  } { $year }
record-made = The record of board { $code }:
record-print = To keep it on paper or as a PDF, print this page.
record-files = Files
record-file-markdown = As Markdown
record-file-csv = Numbers for a spreadsheet
record-file-json = As JSON
record-file-picture = As a picture
record-file-ballots = { $about ->
    [criteria] Ballots of round { $n }, about criteria
   *[options] Ballots of round { $n }
  }

## The replay

replay-title = Replay of the meeting
replay-needs-script = The replay needs JavaScript. The decision record tells the same in words and numbers.
replay-loading = Loading the meeting…
replay-line = Time in the meeting
replay-speed = Speed
replay-times = { $speed }×
replay-keys = Space plays and pauses; the arrow keys move along the line.
replay-jumps = Jump to
replay-silence = Where nothing happened for long, the line is shorter than the time was.

## A meeting of several questions

meeting-place = Question { $n } of { $of }
meeting-over = { $n ->
    [one] The meeting is over
   *[other] The meeting is over: { $n } questions
}
meeting-questions = Questions of this meeting
meeting-moved-on = The meeting has moved on. This page follows as soon as you leave the text field.
meeting-gone = This board was deleted
meeting-state = { $state ->
    [setup] Not voted on yet
    [open] { phase-open }
    [locked] { phase-locked }
    [revealing] { phase-revealing }
    [revealed] { result-title }
    [decided] { phase-decided }
   *[deferred] { phase-deferred }
}
host-meeting-start = Ask another question
host-meeting-start-hint = Everyone moves on together, under the same code.
host-meeting-add = Add a question
host-meeting-hint = All questions share one code, one QR code, the people, and the hosts. Each is a board with a record of its own.
question-new = New question
question-kind = Where its options come from
question-own = A list of your own
question-template = A template
question-board = A board that you host
question-board-label = Its code or link
question-add = Add it
