### What the server answers to what it does not do.

## Refusals

refusal-board-full = This board is full. Its hosts can still end the vote.
refusal-reply-place = You can only reply to a top-level comment on the same option.
refusal-comment-id-deleted = The comment with this id was deleted. Use a new id.
refusal-comments-full = A board holds at most { NUMBER($max, useGrouping: 1) } comments.
refusal-talk-full = The comments of a board have at most { NUMBER($max, useGrouping: 1) } characters.
refusal-argument-hidden = This comment is hidden, so it cannot be in the record. Show it again first.
refusal-arguments-full = The record has at most { $max } points on each side of an option. Leave one out first.
refusal-comment-changes = A comment can be changed at most { NUMBER($max, useGrouping: 1) } times. Write a new one.
refusal-board-created-once = A board is created once, before anything else.
refusal-no-longer-host = You are no longer a host of this board.
refusal-not-author = Only its author can change a comment.
refusal-no-decision = There is no decision to take back.
refusal-comment-id-taken = Another comment has this id. Only its author can change a comment.
refusal-sealed-edit = Comments stay hidden until the reveal, and everyone can read this one. It can be changed after the reveal.
refusal-comment-id-yours = You already have another comment with this id, which stays as it is. Send this one with a different id.
refusal-reactions-full = A comment has at most { $max } different reactions.
refusal-options-full = A board has at most { $max } options.
refusal-last-option = A board needs at least one option.
refusal-ballots-hidden = Round { $round } is not revealed yet, so its ballots cannot be exported. Reveal it first.
refusal-ballots-not-ranked = Round { $round } was not a ranking. Its ballots are in ballots.csv.
refusal-ballots-tied = In round { $round }, some ballots tie options, which this format cannot express. Use ballots.toc.
refusal-option-decided = This option was decided on, so it stays in the record.
refusal-option-voted-on = Round { $round } voted on this option, so it stays in the record. The next round can be opened without it.
refusal-proposals-closed = The host does not take proposals right now.
refusal-proposals-decided = The decision is made, so this board takes no more proposals.
refusal-proposal-is-option = The board already has the option “{ $name }”.
refusal-proposal-is-criterion = The board already has the criterion “{ $name }”.
refusal-board-criterion = This board has no criterion with the id { $criterion }.
refusal-criteria-full = A board has at most { $max } criteria.
refusal-proposed-already = “{ $name }” has already been proposed and waits for the host.
refusal-proposals-of-seat-waiting = { $max } of your proposals already wait for the host. Take one back, or wait for an answer.
refusal-proposals-of-seat = A person can make at most { $max } proposals on a board.
refusal-proposals-waiting = { $max } proposals already wait for the host. Try again when some are answered.
refusal-proposals-full = A board takes at most { $max } proposals.
refusal-proposal-id-taken = The id of this proposal belongs to someone else’s. Use a new id.
refusal-proposal-id-yours = You already made another proposal with this id. Use a new id.
refusal-proposal-id-withdrawn = The proposal with this id was taken back. Use a new id.
refusal-no-proposal = This proposal does not exist, or was taken back.
refusal-not-proposer = Only the person who made a proposal can take it back.
refusal-proposal-settled = { $state ->
    [accepted] This proposal was already accepted.
    [merged] This proposal was already merged.
   *[declined] This proposal was already declined.
  }
refusal-unrevealed-accept = Round { $round } is not over, and options can only change between rounds. The proposal waits: accept it after the reveal, and it will be in the next round.
refusal-option-exists = The board already has { $name }.
refusal-link-taken = This link is taken: another browser holds its seat. A link can be claimed only once.
refusal-host-exists = This host already exists.
refusal-host-name-taken = There is already a host named { $name }.
refusal-hosts-full = A board has at most { $max } hosts.
refusal-no-such-host = This board has no such host.
refusal-last-host = A board needs a host. Add another one first.
refusal-invitations-full = A board has at most { NUMBER($max, useGrouping: 1) } invitations.
refusal-no-such-invitation = This board has no such invitation.
refusal-invitation-revoked = This invitation was revoked. Ask the host for a new one.
refusal-invitation-renewed = The invitation was renewed. Ask the host for the new link.
refusal-not-holder = Only the browser that holds an invitation's seat can move it.
refusal-move-expired = This code is no longer valid: it works once and expires after five minutes. Get a new one in the browser that holds the seat.
refusal-seat-held-already = This browser already holds the seat.
refusal-renew-revoked = This invitation was revoked. Make a new one.
refusal-renewals-full = An invitation can be renewed at most { $max } times. Make a new one.
refusal-renew-again = A round began or ended in the meantime. Renew the invitation again.
refusal-renew-visible = The result of round { $round } is visible before it ends, so withdrawing a ballot would give that ballot away. Renew the invitation after the reveal.
refusal-revoked-already = This invitation was already revoked.
refusal-unknown-method = The voting methods are { $methods }; choose one of them.
refusal-rounds-full = A board has at most { $max } rounds.
refusal-round-options = A round needs at least { $min } options to vote on.
refusal-round-option-twice = This round lists an option twice.
refusal-round-closed-already = Voting in round { $round } is already closed.
refusal-round-time-left = Round { $round } still has time left.
refusal-round-revealed-already = Round { $round } is already revealed.
refusal-round-revealed = Round { $round } is revealed, so voting stays closed. Open another round.
refusal-round-open-already = Voting in round { $round } is open already.
refusal-round-no-limit = Round { $round } has no time limit to pause.
refusal-approve-list = `approve` is a list of option ids.
refusal-approve-twice = This ballot lists an option twice.
refusal-option-id-text = An option must be given by its id, as text.
refusal-round-no-option = This round has no option { $option }.
refusal-ballot-form = A ballot in this round looks like { $example }.
refusal-dots-range = A person can have from 1 to { $max } dots.
refusal-dots-per-option = An option can get from 1 to { $max } dots, no more than a person has.
refusal-criteria-needed = A round by criteria needs some: name 1 to { $max }, such as “Time to learn” with the weight 2.
refusal-criteria-same-id = Two criteria have the same id.
refusal-matrix-size = { $options } options by { $criteria } criteria are too many for one ballot. Use fewer of either.
refusal-matrix-form = Scores of { $name } are given by criteria, as in { $example }.
refusal-no-criterion = This round has no criterion { $criterion }, but { $known }.
refusal-score-by-criterion = { $name } by { $criterion }
refusal-ranking-form = `ranking` is a list of groups, each a list of option ids; a single option is a group of its own.
refusal-ranking-empty-group = A group of this ranking is empty. Leave it out.
refusal-ranking-twice = This ranking lists { $name } twice. Rank it once.
refusal-score = The score of { $name } must be a whole number from 0 to { $max }. For no opinion, list the option under `no_opinion`.
refusal-score-cell = The score of { $name } must be a whole number from 0 to { $max }. Leave it out for no opinion.
refusal-no-opinion-list = `no_opinion` is a list of option ids.
refusal-score-and-no-opinion = { $name } has a score and is under `no_opinion`. Leave out one of the two.
refusal-no-opinion-twice = { $name } is listed twice under `no_opinion`. List it once.
refusal-quorum = The quorum is the share of the voters who must score an option, from 0 to 1; 0.5 is half of them.
refusal-options-too-many = A board holds at most { $max } options; this would make { $count }.
refusal-round-closed = Voting in round { $round } is closed.
refusal-seat-renewed = The host renewed your invitation: this seat is no longer yours. Ask the host for the new link.
refusal-round-seconds = A round lasts from { $min } seconds to a day ({ $max } seconds).
refusal-setting-of-method = `{ $setting }` belongs to the method `{ $owner }`. For `{ $method }`, leave it out.
refusal-no-earlier-round = Round { $round } cannot be compared: no revealed round comes before it.
refusal-no-flow = Who moved in round { $round } is not shown: ballots are secret, or a group is too small.
refusal-no-distribution = The method of round { $round } has no scale over which ballots could be spread.
refusal-no-pairs = The ballots of round { $round } do not compare options with each other.
refusal-no-question = This meeting has no such question.
refusal-no-meeting = This board leads no meeting of several questions.
refusal-question-leads = That board leads a meeting of its own, so it cannot be a question of another.
refusal-question-itself = A board is a question of its own meeting already.
refusal-question-elsewhere = That board is a question of another meeting. Remove it there first.
refusal-question-nested = This board is itself a question of a meeting. Add the question there.
refusal-question-known = That board is already a question of this meeting.
refusal-questions-full = A meeting has at most { $max } questions.
refusal-question-lead = This board leads the meeting, so it stays one of its questions.
refusal-question-current = The meeting is at this question. Move on, then remove it.
refusal-question-moved = Another host has just moved the meeting. See where it is now, and go on from there.
refusal-question-here = The meeting is at this question already.
refusal-question-host = You are not a host of that board. Only its hosts can make it a question of a meeting.
refusal-question-renewed = The ballot of this invitation was cast before its link was renewed. You can vote in the next round.
refusal-question-settings = Who may take part, and at which address, is one setting for all questions of a meeting. Change it by itself.
refusal-question-entry = Round { $round } of a question of this meeting is not over. Who may vote can only change before or after it.
refusal-unrevealed-question = Round { $round } is not over. Reveal it, then make the board a question of a meeting.
refusal-delete-question = The meeting is at this question. Move on, then delete it.
refusal-delete-lead = This board leads a meeting. Remove its other questions from the meeting, then delete it.
refusal-no-round = This board has no round { $round }.
refusal-round-over = Round { $round } is over; round { $now } is on.
refusal-no-option = This board has no option { $option }.
refusal-no-comment = This comment does not exist, or was deleted.
refusal-comments-closed = The host has closed comments.
refusal-lot-changed = The options changed while the lot was drawn. Open the round again.
refusal-seat-moved = You moved your seat to another device. On this one you can only watch.
refusal-seat-revoked = Your invitation was revoked. Ask the host for a new one.
refusal-host-only = Only the host can do this.
refusal-waiting = Wait until the host lets you in. You can watch in the meantime.
refusal-watching = You have chosen to watch only. Choose to take part again first.
refusal-voters-propose = Only people who can vote on this board can propose options, and voting is by invitation.
refusal-by-invitation = Voting on this board is by invitation. Open your own invitation link.
refusal-withdraw-first = Your vote is in. Withdraw it first, then watch only.
refusal-invited-only = This board is by invitation only. Open the link you were given.
refusal-no-seat = You are watching only. Open the ballot page to take part.
refusal-text = { $what ->
    [word] The word to the proposer { $problem }.
    [comment] The comment { $problem }.
    [confirmation] The way to confirm the decision { $problem }.
    [evidence] The evidence { $problem }.
    [argument] The wording for the record { $problem }.
    [consequence] The consequence { $problem }.
    [consequence-owner] The owner of the consequence { $problem }.
    [prediction] The prediction { $problem }.
    [context] The context { $problem }.
    [owner] The owner { $problem }.
    [reaction] The reaction { $problem }.
    [reason] The reason { $problem }.
    [strapline] The reason for a proposal { $problem }.
    [title] The title { $problem }.
   *[name] The name { $problem }.
  }
refusal-text-empty = { $what ->
    [word] Say in a word why, for the person who proposed it.
    [comment] The comment is empty.
    [consequence] A consequence is empty.
    [prediction] A prediction is empty.
    [consequence-owner] Say who owns each consequence: an owner is empty.
    [context] The context is empty.
    [owner] Say who brings it back: the owner is empty.
    [reaction] The reaction is empty.
    [reason] The reason is empty.
    [title] The title is empty.
   *[name] The name is empty.
  }
refusal-title-or-context = The title or the context { $problem }.
refusal-board-title = The board needs a title.
refusal-hello-first = The first message must be a hello. { $why }
refusal-message-id = A message must be an object with an `id` of its own.
refusal-message-type = There is no message of type { $type }.
refusal-ballot-object = A ballot must be an object, in the form that the round's method expects.
refusal-too-deep = This is nested too deeply.
refusal-not-json = This is not JSON.
refusal-store-lost = The store has lost what was sent last. Send it again.
refusal-log-unreadable = The log cannot be read right now. Send it again in a moment.
refusal-board-closed = This board is temporarily closed here. Send it again in a moment.
refusal-board-newer = This server cannot read the board; a newer one may have written it. Try again soon.
refusal-host-page = This page is for the host.
refusal-restarting = The server is restarting. Send it again in a moment.
refusal-cannot-save = Nothing can be saved right now. Send it again in a moment.
refusal-no-one-waits = No one is waiting to be let in any more.
refusal-unlisted = There are too many people to tell yet who is already in. Try again in half a minute.
refusal-board-gone = There is no board with this code (any more).
refusal-unsaved = It is not known whether this was saved. Send it again.
refusal-board-damaged = The data of this board is damaged. The board is closed until repaired. Send it again later.
refusal-no-such-comment = There is no such comment.
refusal-cookie = This cookie is not from this server.
refusal-name-of-host = This name would look like the host's. Choose another one.
refusal-lists-rate = Too many lists were read from here. Wait a moment.
refusal-messages-rate = Too many messages; wait a moment.
refusal-store-away = The store cannot be reached. Nothing is lost; try again in a moment.
refusal-unanswered = The store has not answered yet; this may still be saved. Send it again.
refusal-codes-rate = Too many unknown board codes were tried from here. Wait a minute.
refusal-no-board = There is no board with this code.
refusal-boards-rate = Too many boards were created from here. Wait a minute.
refusal-no-template = There is no such template.
refusal-metrics-from = Only this machine can read the metrics, unless metrics_from names your network.
refusal-metrics-gone = The folder with the metrics was deleted. Try again in a moment.
refusal-hosts-rate = Too many hosts were added. Wait a minute.
refusal-invitations-rate = Too many invitations at once. Wait a minute.
refusal-host-page-cookie = This page is for the host: open it with the host link. If you have just done so, your browser keeps no cookies for this site: allow them in its settings, then open the link again.
refusal-no-cookies = Your browser keeps no cookies for this site, so nothing was done: only a cookie could show later that it is yours. Allow cookies for this site in the browser's settings, then try again.
# $address: where the server is reached over https
refusal-cookies-need-https = This page was opened without encryption (http), and the cookies of this server are sent over https only, so nothing was done. Open { $address } and try again.
refusal-host-page-link = This page is for the host. Open it with the host link.
refusal-keys-rate = Too many invalid keys were tried. Wait a minute.
refusal-host-link = This host link does not belong to this board.
refusal-links-rate = Too many invalid links were tried. Wait a minute.
refusal-not-invitation = This is not an invitation to this board. Open the complete link you were given.
refusal-invitation-gone = This board has no such invitation (any more).
refusal-link-renewed = This invitation was renewed, and its earlier links no longer open anything. Ask the host for the new one.
refusal-move-rate = Too many invalid codes were tried. Wait a minute.
refusal-seated = { $where } Confirm first that you want to leave it.
refusal-not-seated = This browser holds no seat by invitation.
refusal-server-full = This server is full. Try again in a moment.
refusal-relay-view = This address only shows boards. Open the board at its own address to take part.
refusal-relay-page = This is a relay, which only passes on what shared screens show. The page is on the server itself.
refusal-foreign-page = Pages on other sites cannot connect here.
refusal-websockets = This address is for WebSockets.
refusal-settled-results = Whether the host sees results early cannot change until round { $round } is over.
refusal-settled-voters = Who may vote cannot change until round { $round } is over.
refusal-unrevealed-decide = Round { $round } is not over. Reveal it, then decide.
refusal-archived = This board is archived: it can only be read. A host can open it again.
refusal-archived-already = This board is archived already.
refusal-not-archived = This board is not archived.
refusal-unrevealed-archive = Round { $round } is not over. Reveal it, then archive the board.
refusal-delete-code = To delete this board, repeat its code, { $code }, in `code`.
refusal-no-reason = Say why (`because`): what was decided is kept with its reason.
refusal-day = { $day } is no day to look at it again (`revisit_on`). Write year, month and day with four, two and two digits, such as 2027-06-01.
refusal-day-past = The day to look at it again (`revisit_on`) must lie ahead, and { $day } does not.
refusal-further-discussion-lost = Further discussion did not win round { $round }. Decide for an option, or defer the decision.
refusal-unrevealed-open = Round { $round } is not over. Reveal it, then open the next one.
refusal-unrevealed-gates = Round { $round } is not over. { host-gates-frozen }
refusal-no-gate = This board has no must-have with the id { $gate }.
refusal-gate-decided = { $option } was decided on. Take the decision back first, then say that it fails.
refusal-decide-failed = { $option } fails the must-have “{ $gate }”, so it cannot be decided on. If that is no longer so, change the answer first.
refusal-round-failed = { $option } fails the must-have “{ $gate }”, so it cannot be on the ballot.
refusal-round-out = A round needs at least { $min } options that fail no must-have.
refusal-unrevealed-criteria = Round { $round } is not over. { host-criteria-frozen }
refusal-not-about-criteria = Round { $round } is no revealed vote on criteria, so it gives no weights.
refusal-no-dots = No criterion got a dot in round { $round }, so it gives no weights.
refusal-criteria-rules = A vote on criteria is about all criteria of the board, without further discussion and without a tie-break. It asks neither who commits nor how well people know it.
refusal-criteria-few = A vote on criteria needs at least { $min } criteria.
refusal-unrevealed-options = Round { $round } is not over. { host-options-frozen }
refusal-paused-already = The clock of round { $round } is already paused.
refusal-not-paused = The clock of round { $round } is not paused.
refusal-dots-fields = `dots` holds numbers, keyed by option id.
refusal-scores-fields = `scores` holds scores, keyed by option id.
refusal-matrix-fields = `scores` holds scores by criterion, keyed by option id.
refusal-dots-option = { $max ->
    [one] { $name } may get none, or at most { $max } whole dot.
   *[other] { $name } may get none, or at most { $max } whole dots.
  }
refusal-dots-spent = { $dots ->
    [one] You have { $dots } dot and gave { $spent }. Take { $excess } back.
   *[other] You have { $dots } dots and gave { $spent }. Take { $excess } back.
  }

## What is wrong with a field

# `$problem` is one of the predicates below, and `$field` the name of a field as a client sends it.
# Where they stand together is the only sentence that has a part of another inside.

# The fields of an option or a criterion that someone has typed; programs are told their names.
field-name = { $field ->
    [name] name
    [strapline] strapline
    [features] features
    [suited_to] suited to
    [link] link
    [tags] tags
    [weight] weight
   *[other] { $field }
  }
field-numbered = { $field ->
    [features] feature { $n }
   *[tags] tag { $n }
  }
breach-option = Option { $n }: { $field } { $problem }.
breach-gate = Must-have { $n }: { $field } { $problem }.
breach-criterion = Criterion { $n }: { $field } { $problem }.
breach-reserved = is reserved for the option “Further discussion”
breach-link-scheme = must start with http:// or https://
breach-link-whole = must be a complete address, such as https://example.org/
breach-listed-already = “{ $value }” is already in the list
breach-in-field = `{ $field }` { $problem }.
breach-of-all = It { $problem }.
breach-of-field = { $field }: { $problem }.
breach-choice = must be one of { $choices }
breach-not-empty = must not be empty
breach-slug = must be 1 to 40 of a to z, 0 to 9 and hyphens, and must not start with a hyphen
breach-missing = is missing
breach-unknown-field = is not a known field
breach-form = has the wrong form
breach-not-understood = is not understood
breach-kind = must be { $wanted }, not { $got }
breach-kind-whole = a whole number
breach-kind-number = a number
breach-kind-bool = true or false
breach-kind-list = a list
breach-kind-fields = a group of fields
breach-kind-decimal = one with a decimal point
breach-alone = { $problem }.
breach-lines = must be on one line
breach-control = must not contain the control character { $character }
breach-kind-text = text
breach-kind-nothing = nothing
breach-at-least = must be at least { $limit }
breach-at-most = must be at most { $limit }
breach-more-than = must be more than { $limit }
breach-less-than = must be less than { $limit }
breach-too-long = must have at most { $limit } characters
breach-too-many = must have at most { $limit } entries
breach-too-short = must have at least { $limit } characters
breach-too-few = must have at least { $limit } entries

refusal-address = This server has no address { $address } to choose. The console shows those that it has.

## Lists and documents that boards are made of

# `$problem` is how a field is wrong, as above, or what is wrong with a document, as below.

read-line = Line { $line }, “{ $typed }”: { $problem }.
read-option = Option { $n }, “{ $typed }”: { $problem }.
read-problem = { $field } { $problem }
read-in-line = Line { $line }: { $problem }.
read-field-in-line = Line { $line }: { $field }: { $problem }.
read-too-long = This has { NUMBER($count, useGrouping: 1) } characters; at most { NUMBER($max, useGrouping: 1) } are read.
read-too-many-lines = This list has { NUMBER($count, useGrouping: 1) } lines; at most { NUMBER($max, useGrouping: 1) } are read.
read-text-too-long = The text that begins in line { $line } is too long.
document-not-json = this is not valid JSON from here on
document-alias = aliases (*name) are not supported; write the text out
document-too-deep = lists and fields are nested too deeply here
document-too-many = there are more than { $max } values up to here
document-character = the character { $character } cannot be in a YAML file
document-number = this is not valid YAML: a number is too large
document-empty = there is nothing in it
document-not-yaml = this is not valid YAML: { $why }
document-hint-colon = text that contains a colon needs quotes around it
document-hint-tabs = indent with spaces, not with tabs
document-tag = must not have the tag { $tag }
document-field = { $name } cannot be the name of a field
document-twice = appears twice, first in line { $line }
document-surprise = YAML reads { $text } as { $kind ->
    [bool] true or false
    [int] a number
    [float] a number
    [null] nothing
    [timestamp] a date
   *[other] a sign of its own
  }; put it in quotes to keep it as text
document-comment = YAML ends it at { $text }, because { $comment } begins a comment; put the text in quotes, or the comment on a line of its own

## Error pages

problem-title-400 = That was not understood
problem-title-403 = You cannot open this page
problem-title-404 = There is nothing here
problem-title-421 = Please use another address
problem-title-429 = A little slower, please
problem-title-503 = Back in a moment
problem-title = Something went wrong
problem-400 = The server did not understand this request.
problem-403 = This is not allowed.
problem-foreign-origin = This came from a page that the server does not know as its own. Open the board at the address you were given, and try again. For the operator: behind a proxy, set --public-url, or have it pass on Host unchanged.
problem-404 = There is nothing at this address.
problem-405 = This address does not support that.
problem-413 = This is too large.
problem-421 = This server does not answer to this name. Open it at the address you were given. The operator can add the name with --public-url or --allowed-hosts.
problem-429 = Too many requests. Try again in a minute.
problem-503 = The store cannot be reached. Try again in a moment.
problem-500 = Something went wrong on this server. Nothing that you sent was changed.

## Leaving a seat

seat-leave-invitation = This browser already takes part in this board, with invitation { $n }.
seat-leave-open = This browser already takes part in this board, without an invitation.

refusal-no-experience = Round { $round } does not ask how well people know the options.
refusal-moved-first = There is no earlier round that you could have moved from.
refusal-moved-no-ballot = Vote first, then say what moved you.
refusal-no-stances = Round { $round } does not ask whether people commit to its outcome.
refusal-stance-early = Round { $round } is not revealed yet. Say whether you commit to its outcome once it is.
refusal-stance-reason = Say why: a reservation and a block need a reason.
refusal-stances-full = The outcome has { $max } reservations and blocks already. Talk about them first.
refusal-no-risk = There is no such risk any more.
refusal-premortem-voting = Round { $round } is not revealed yet. Reveal it before a pre-mortem.
refusal-premortem-open = A pre-mortem is in progress. Show what people wrote first.
refusal-no-premortem = No pre-mortem is in progress.
refusal-no-prediction = The decision has no prediction { $n }.
refusal-no-day = No day was set on which to look at the decision again.

## Pictures

refusal-no-renderer = This server draws no PNG: its renderer is not installed. The same picture is at record.svg.
refusal-no-font = This server draws no PNG: it has no fonts. The same picture is at record.svg.
refusal-no-letters = This server has no font for { $letters }. The same picture is at record.svg.
refusal-picture-failed = The picture could not be drawn now. Try again; the same picture is at record.svg.
