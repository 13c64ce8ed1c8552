### What the host's console says.

host-cancel = { cancel }
host-address-any = Chosen by the server
host-before = { host-before-first-round }
host-open = { round-open }
host-lock = Close voting
# $turnout: who has voted, such as `3 voted, 2 still choosing`
host-lock-sure = { $turnout }. Close voting for this round? You can open it again until you reveal the result; after that it cannot be opened again.
host-reveal = Reveal results
host-lock-reveal = Close and reveal
host-lock-reveal-sure = { $n ->
    [one] { $turnout }. Close voting, and show the result of { $n } ballot to everyone? It cannot be hidden again, and the round cannot be opened again.
   *[other] { $turnout }. Close voting, and show the result of { $n } ballots to everyone? It cannot be hidden again, and the round cannot be opened again.
}
host-reopen-round = Open voting again
host-show-now = Show it now
host-reveal-sure = { $n ->
    [one] { $turnout }. Show the result of { $n } ballot to everyone? It cannot be hidden again.
   *[other] { $turnout }. Show the result of { $n } ballots to everyone? It cannot be hidden again.
}
host-next = Open another round
host-run-off = Run-off among the { $n } tied
host-run-off-heading = Run-off among the tied
host-decide = Decide
host-defer = Defer
decide-consequence = What follows
decide-owner = Who sees to it
decide-remove-consequence = Remove this consequence
decide-too-long = This is too long to be sent at once. Shorten the reason or the consequences.
decide-prediction = What will be so
decide-confidence = How sure, in percent
decide-remove-prediction = Remove this prediction
host-prediction = { $text } ({ $confidence } % sure)
host-came-true = It came true
host-did-not = It did not
host-brier = { record-brier }
host-decide-again = Change the decision
host-reopen = Take it back
host-archive = { host-archive-board }
host-unarchive = Open the board again
host-delete = Delete for everyone
host-delete-sure = Delete this board with its votes, comments and decisions, for everyone and for good? Every open page is told. Earlier backups of the operator may still contain it.
host-delete-first-sure = Delete this board with its votes, comments and decisions, for everyone and for good? Every open page is told. Earlier backups of the operator may still contain it. The server then opens a new, empty board with the same code.
hint-archived = This board is archived. Everyone can read it; nothing changes.
host-take-up = Take it up again
host-take-up-sure = Take up the question again? Everyone sees that the board is open again; the history keeps that it was deferred.
host-reopen-sure = Take back the decision for { $option }? Everyone sees that the board is open again; the history keeps it.
host-share = Copy the link to the decision
host-extend = +1 minute
host-pause = Pause
host-resume = Continue
host-last-minute = Last minute
host-need-options = Add at least two options first.
host-take-weights = Take over as weights
host-need-votable = Fewer than two options pass the must-haves, so there is nothing to vote on.
# $weight: as a percentage of all
host-criterion = { $name } { $weight }
host-weights-from = { record-weights-from }
host-gate = What it must have
host-gate-owner = Who finds out
host-gate-remove = Remove this must-have
host-gate-answer = { $answer ->
    [pass] Passes
    [fail] Fails
   *[unknown] Not known
  }
host-gate-finds-out = { $owner } finds out
host-gate-about = { $option }: { $gate }
host-gate-evidence = Evidence: why, or a link
host-gate-counts = { $out ->
    [0] { $unknown ->
        [0] all pass
       *[other] { $unknown } not known
      }
   *[other] { $unknown ->
        [0] { $out } out
       *[other] { $out } out, { $unknown } not known
      }
  }
round-option-out = fails { $gates }
options-add = { host-add-option }
# An act of the host of which the server has not told yet
host-on-its-way = On its way…
host-progress = { $state ->
    [sent] { host-on-its-way }
    [done] ✓ Done
   *[failed] ✗ Not done
}
host-sure = Yes, do it
host-edit-option = Edit the option
host-edit = Edit
host-remove = Remove
host-remove-sure = Remove { $option } from the board?
host-hide = Hide
host-unhide = Show again
host-pin = Pin
host-argument-too-long = Words of your own have at most { $max } characters.
# $side: how the comment stands in the record
host-argument = { $side ->
    [pro] In the record: for
    [con] In the record: against
   *[none] For the record…
  }
host-unpin = Unpin

## What speaks for or against the next step

hint-weights = The room has weighed the criteria. Take the dots over as their weights, then open a round by criteria.
hint-weighted = The criteria have the weights that the room gave them. Open a round by criteria when you are ready.
hint-setup = People can already read and comment; no one can vote yet.
hint-no-one-joined = No one has joined yet. Show the shared screen, or pass on the join link.
hint-lobby = No one is in yet. Let in the people who are waiting.
# $turnout: who has voted, such as `3 voted, 2 still choosing`
hint-voted = { $turnout }.
hint-locked = { $n ->
    [one] Voting is closed with { $n } ballot.
   *[other] Voting is closed with { $n } ballots.
}
hint-locked-blind = { $n ->
    [one] Voting is closed with { $n } ballot. No one sees the result yet.
   *[other] Voting is closed with { $n } ballots. No one sees the result yet.
}
hint-revealing = The screen leads up to the result: everyone sees it in a moment.
hint-shown = Everyone sees the result. Talk about it, then decide, or vote again.
# $insight: a sentence about the result
hint-talk-first = Talk about this first: { $insight }
hint-tied = { $n } options are tied. Talk, then let the room choose between them.
hint-decided = It is decided, and everyone can read why.
hint-deferred = Nothing is decided yet. Everyone can read why, and when it comes back.
hint-before = There has been another round since this was decided.
hint-lost = { $n ->
    [one] { $n } person may still have a vote on its way: their connection broke.
   *[other] { $n } people may still have a vote on its way: their connections broke.
}

## What the shared screen shows
host-room-sees = { $shows ->
    [join] How to join, as large as it goes.
    [setup] How to join, the options, and what people say.
    [open] How many have voted, and the options. No result.
    [closed] That voting is closed, and the options. No result.
    [live] The result so far, as people vote.
    [reveal] The reveal, from the last place to the first.
   *[end] What each question came to.
}
host-room-sees-largest = In the largest letters: { $text }

## People, results, links

host-watching = { $n } watching
# Said of the numbers before it, on a board with thousands of people
host-about = counted roughly
host-person = { $state ->
    [watching] watching
    [voted] voted
   *[choosing] choosing…
}
host-unnamed = and { $n } without a name
host-hidden-results = { host-results-hidden }
host-no-results = { host-results-none }
host-results = { results-title }
host-only-you = Only you see this until the reveal
host-copy = Copy
host-copied = Copied
host-copy-failed = Could not copy. The address is selected: copy it by hand.

## The form of a round

round-options = { $n } of { $of }
round-options-all = all { $n }
round-too-few = Choose at least two options.
round-tie-break = { $by ->
    [none] it stays a tie
    [listed] the board's order decides
   *[lot] a lot decides
}
round-no-criteria = Name at least one criterion.
round-criterion = Criterion
round-criterion-hint = For example: easy to hire for
round-weight = Weight
round-remove-criterion = Remove this criterion

## The hosts

hosts-first = The first host
hosts-you = (you)
hosts-remove-label = Remove: { $name }
hosts-remove-sure = Remove { $name } as a host? Their console closes at once.
hosts-give-up = Stop being a host
hosts-give-up-label = Stop being a host: { $name }
hosts-give-up-sure = Stop being a host yourself? This console closes at once; another host would have to add you again.
hosts-added = The host link for { $name } is shown only once. Pass it on now: anyone who opens it becomes a host.
hosts-link = Host link for { $name }
hosts-qr = Host link for { $name } as a QR code

## The lobby: newcomers who wait to be let in

lobby-crowd =
    { $seats ->
        [one] { $seats } newcomer
       *[other] { $seats } newcomers
    } within two minutes, from { $networks ->
        [one] { $networks } network
       *[other] { $networks } networks
    }. Did you expect them? You can make newcomers wait to be let in; people already here stay in.
lobby-waiting = { $n ->
    [one] { $n } person is waiting to be let in.
   *[other] { $n } people are waiting to be let in.
}
lobby-let-in = { host-let-in }
lobby-let-in-label = Let in: { $name }
lobby-let-all-in = { $n ->
    [one] Let in the person waiting
   *[other] Let in all { $n }
}
lobby-unnamed = Without a name
lobby-let-in-unnamed = Let in: Without a name
lobby-came = { $n ->
    [one] { $n } newcomer in the last { $minutes } minutes
   *[other] { $n } newcomers in the last { $minutes } minutes
}
lobby-minute =
    { $time } · { $seats ->
        [one] { $seats } newcomer
       *[other] { $seats } newcomers
    } from { $networks ->
        [one] { $networks } network
       *[other] { $networks } networks
    }

## The invitations

invite-made = { $n ->
    [one] { $n } invitation was made.
   *[other] { $n } invitations were made.
}
invite-count = { $state ->
    [free] { $n } free
    [taken] { $n } taken
   *[revoked] { $n } revoked
}
invite-name = { invitation-number }
invite-copy-all = Copy all free links
invite-state = { $state ->
    [free] free
    [taken] taken
    [here] taken, here now
   *[revoked] revoked
}
# $time: day and time of day
invite-taken-at = taken { $time }
invite-renew = Renew
invite-renew-label = Renew: Invitation { $n }
invite-renew-sure = Renew invitation { $n }? The browser that holds it loses the seat at once, its ballot is withdrawn if the round is not yet revealed, and you get a new link to pass on. The history records it.
invite-revoke = Revoke
invite-revoke-label = Revoke: Invitation { $n }
invite-revoke-sure = Revoke invitation { $n }? Its link no longer opens anything, and its vote in the current round no longer counts.

## A meeting of several questions

questions-next = Go to question { $n }: { $title }
questions-go = Go there
questions-go-label = { questions-next }
questions-end = End the meeting
questions-end-sure = End the meeting? Every page shows what each question came to. You can go back to a question at any time.
questions-open-sure = Round { $round } is not over here. Move everyone on, and come back to it later?
questions-up = Move up
questions-up-label = Move question { $n } up: { $title }
questions-remove = { host-remove }
questions-remove-label = Remove question { $n } from the meeting: { $title }
questions-remove-sure = Remove this question from the meeting? Its board stays as it is.
questions-edit = Prepare
questions-edit-label = Open the console of question { $n }: { $title }
