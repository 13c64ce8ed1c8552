### What the scripts say about the board itself: its phase, its rules, and the line to the server.

board-method = { $method ->
    [single] { method-single }
    [approval] { method-approval }
    [dots] { method-dots }
    [score] { method-score }
    [ranked] { method-ranked }
    [matrix] { method-matrix }
   *[other] { $method }
}
board-phase = { $phase ->
    [setup] { phase-setup }
    [open] { phase-open }
    [locked] { phase-locked }
    [revealing] { phase-revealing }
    [revealed] { result-title }
   *[decided] { phase-decided }
}
board-phase-paused = { phase-open-paused }
board-round = { round-number }
# $clock: minutes and seconds, 1:42
board-time-left = { $clock } left
board-time-paused = Clock paused, { $clock } left
board-time-up = Time is up
board-further-discussion = { further-discussion }
board-further-discussion-strapline = none of these is ready, we need to talk more
rule-criteria = { rules-criteria }
gate-says = { option-gate }
gate-asked = { option-gate-asked }
# $options: those that fail a must-have, each with what it fails, such as `Kafka (Open licence)`
gates-out = Out: { $options }
gates-out-option = { $option } ({ $gates })
gates-out-more = { step-more }
gates-unknown = { $n ->
    [one] { $n } answer about must-haves is not known yet
   *[other] { $n } answers about must-haves are not known yet
  }
screen-predicted-day = What we expect of it, to be checked on { $day }
screen-predicted-more = { step-more }
board-turnout-choosing = { turnout-choosing }
board-turnout-closed = { turnout-closed }
board-turnout-all = { turnout-all }
board-turnout-here = { turnout-here }
# $turnout: who has voted, such as `3 voted, 2 still choosing`
board-turnout-sentence = { $turnout }.
board-voted = { result-voters }
board-counted = { result-counted }
board-here = { $n } here
board-counts = { host-counts }
board-predicted = { decision-predicted }
board-prediction = { record-prediction }
board-revisit = { decision-revisit-on }
board-archived = { phase-archived }
board-deferred = { phase-deferred }
board-without-vote = { decision-without-vote }
board-deferred-until = { deferral-until }
board-deferred-owner = { deferral-owner }

## Lists inside a sentence

list-separator = { list-comma }
list-of-all = { list-and }

## What was understood of a list

list-understood = { $n ->
    [one] { $n } option understood
   *[other] { $n } options understood
}
list-heading = heading, left out

## What screen readers announce

board-now-open = Voting is open.
board-now-locked = Voting is closed.
board-now-revealing = { ballot-look-up }
# $sentence: how it was decided, a sentence
board-now-revealed = The result is shown. { $sentence }
board-now-decided = { screen-decided }
board-now-decided-without-vote = { screen-decided-without-vote }
board-now-deferred = { screen-deferred }

## The rules of a round

rule-not-started = { rules-before }
rule-sealed = { rules-sealed }
rule-quorum = { rules-quorum }
rule-visibility = { $visibility ->
    [on_reveal] { rules-hidden }
    [after_vote] { rules-after-vote }
   *[live] { rules-live }
}
rule-steps = { $state ->
    [hidden] { rules-steps-hidden }
   *[shown] { rules-steps }
}
rule-names = { $names ->
    [secret] { rules-secret }
   *[open] { rules-open }
}
rule-tie-break = { $by ->
    [listed] If the ballots tie, the board's order decides.
   *[lot] If the ballots tie, the lot drawn when the round opened decides.
}
# $order: the options' names, the first wins
rule-tie-break-order = { $by ->
    [listed] { rules-tie-listed }
   *[lot] { rules-tie-lot }
}
rule-host-sees = { rules-host-sees }

## The line to the server

line-lost = No connection. Trying again; what you do is kept on this device.
# $time: such as 28 Nov 2026, 14:02
line-old-state = No connection. This is how the board stood at { $time }. What you do is kept on this device, and will be sent when there is a connection.
line-blocked = Live updates are blocked on this network. Reload the page for the latest; votes are kept on this device until a connection works.
# $page: the host name under which the page was opened; $server: what the server was told
line-host = Live updates do not get through: you opened { $page }, but a proxy asked the server for { $server }. The operator must have the proxy pass on the Host header, or start Stackvote with the --public-url that people open. Until then, reload the page for the latest; votes are kept on this device.
line-storage = Your browser stores nothing for this site. Until a vote is saved, keep this page open: it would be lost with it.
line-store = The server cannot save right now. What you do is kept on this device and sent as soon as it can.
line-unsupported = This browser does not support live connections (WebSockets). Reload the page for the latest.
# $code: the code with which the server closed the connection
line-stopped = { $code ->
    [1009] This page sent more than the server accepts. Reload the page and write less.
    [4000] This page and the server do not understand each other. Reload the page.
    [4003] You are not allowed on this board. Ask the host for a link.
   *[4004] This board no longer exists. A host or the operator has deleted it, or it was not used for a long time.
}
line-not-loaded = This could not be loaded. Try again in a moment.
line-not-connected = There is no connection right now. Nothing was changed; try again in a moment.
line-broke-meanwhile = The connection broke in the meantime. Check whether it was done before you try again.
# $reason: the server's own sentence
line-refused = { $action ->
    [vote] Your vote was not saved. { $reason }
    [withdraw] Your vote was not withdrawn. { $reason }
    [comment] Your comment was not posted. { $reason }
    [edit_comment] Your change was not saved. { $reason }
    [delete_comment] Your comment was not deleted. { $reason }
    [react] Your reaction was not saved. { $reason }
    [moved_by] What moved you was not saved. { $reason }
    [rename] Your name was not saved. { $reason }
   *[other] That was not saved. { $reason }
}
line-dismiss = Dismiss

## The start page

home-no-cookies = Your browser keeps no cookies for this site. Without one you could not host a board that you start, so none is made. Allow cookies in the browser's settings, then reload this page.
home-offline = No connection. The ballots that you opened last on this device open without one.

home-role = { $role ->
    [host] host
    [voter] voter
   *[observer] watching
}
home-decided = decided
home-deferred = deferred
home-archived = archived
home-record = { record-link }
home-today = today
home-yesterday = yesterday
home-more-boards = { home-more-options }

## The shared screen

screen-lost = Reconnecting…
screen-host = Live updates do not get through: a proxy changes the Host header
screen-blocked = Live updates are blocked on this network
screen-store = The server cannot save right now
screen-ring = { screen-of-have-voted }
screen-ring-empty = No one is here yet
screen-closed = { $n ->
    [one] Voting is closed with { $n } ballot. The result is about to be shown.
   *[other] Voting is closed with { $n } ballots. The result is about to be shown.
}
screen-now-here = { screen-here }
screen-tie-of = A tie between { $n }
# How many ballots prefer the winner to the one that came closest
screen-prefer = { $for } of { $voters } prefer { $winner } to { $rival }.
screen-revealing = The result is coming
# Where many have no preference between the two
screen-prefer-few = { $for ->
    [one] { $for } prefers { $winner } to { $rival }, { $against } the other way round.
   *[other] { $for } prefer { $winner } to { $rival }, { $against } the other way round.
}
screen-call = { $entry ->
    [open] { screen-opens }
    [admitted] { screen-opens-admitted }
   *[invited] { screen-opens-invited }
}
# $turnout: who has voted, such as `3 voted, 2 still choosing`
screen-press-again = { $turnout }. Press R again to show the result to everyone.
screen-press-again-lost = { $lost ->
    [one] { $turnout }. { $lost } person may still have a vote on its way: their connection broke. Press R again to show the result to everyone.
   *[other] { $turnout }. { $lost } people may still have a vote on its way: their connections broke. Press R again to show the result to everyone.
}
screen-sound = { $is ->
    [on] The reveal comes with this sound.
    [blocked] The browser blocks sound on this page. Allow it, then try again.
   *[off] The reveal is silent.
}
screen-extended = Done.
screen-paused = The clock is paused.
screen-resumed = The clock is running again.
# What the space bar does now
screen-clock-key = { $does ->
    [resume] resume
    [pause] { screen-key-pause }
   *[extend] last minute
}

## A meeting of several questions

questions-place = { meeting-place }
questions-over = { meeting-over }
questions-state = { meeting-state }
questions-gone = { meeting-gone }
questions-record = { record-link }
