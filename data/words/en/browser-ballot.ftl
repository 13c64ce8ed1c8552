### What the ballot says: its controls, what was sent, and what it leaves open.

ballot-none-of-these = None of these
# For one option, or for the whole ballot
ballot-no-opinion = No opinion
ballot-skipped = You have no opinion on any of them. You still count as having voted.
receipt-withdraw = { ballot-withdraw }
ballot-not-on-it = Not on this round's ballot
ballot-not-open = Voting is not open yet
ballot-closed = Voting is closed
# $progress: how far the ballot is, such as "2 of 5 chosen"
ballot-closed-progress = Voting is closed · { $progress }
ballot-saved = { $state ->
    [saved] ✓ saved
    [sending] sending…
    [willSend] offline, will send
   *[storeWillSend] waiting, will send
}
# $gifts: a list of ballot-dots-gift or ballot-score-gift
ballot-gave = You gave { $gifts }.
ballot-lost = The server went back to an earlier state, and your last vote was lost. Check your ballot, and vote again if it is not what you want.

# The list or table in which one votes
ballot-control-not-loaded = A part of the ballot did not arrive. Reload the page to vote.
ballot-results-not-loaded = The details of the result did not arrive. Reload the page to see them.

# $n: how many of the options are shown that were looked for
ballot-filter-found = { $n } of { $of } options found
# What has come above what one sees
ballot-news = { $news ->
    [result] The result is shown above
    [deferral] The decision is put off: see above
   *[decision] The decision is shown above
}

## One choice, and approval

# The words on the control
ballot-mark = { $kind ->
    [checkbox] I could live with this
   *[radio] My choice
}
# The same for screen readers
ballot-mark-label = { $kind ->
    [checkbox] { $option }: I could live with this
   *[radio] { $option }: My choice
}
# Above the options, where the control has no room for words
ballot-mark-hint = { $kind ->
    [checkbox] Mark every option that you could live with.
   *[radio] Mark the one that you choose.
}
ballot-marked = { $n } of { $of } chosen
ballot-chose = You chose { $option }
ballot-chose-sentence = { sent-single }
# $options: a list of names
ballot-approved = { sent-approval }
ballot-approved-none = { sent-approval-none }

## Dots

ballot-dots = Dots for { $option }
ballot-dots-more = One more dot for { $option }
ballot-dots-fewer = One fewer dot for { $option }
ballot-dots-given = { $n } of at most { $most }
ballot-dots-left = { $of ->
    [one] { $left } of { $of } dot left
   *[other] { $left } of { $of } dots left
}
ballot-dots-gift = { $n ->
    [one] { $option } { $n } dot
   *[other] { $option } { $n } dots
}
ballot-dots-unspent = { $n ->
    [one] { $n } dot is left to give.
   *[other] { $n } dots are left to give.
}

## Scores

ballot-score = Score for { $option }
ballot-score-of = { $criterion }: score for { $option }
ballot-worst = 0 worst
ballot-best = 5 best
ballot-score-hint = What you leave blank counts 0. “No opinion” keeps you out of every comparison with that option.
ballot-scored = { $n } of { $of } scored
# $name: an option or a criterion
ballot-score-gift = { $name } { $score }
ballot-blank-said = Left blank, which counts 0: { $options }.
ballot-no-opinion-said = No opinion on { $options }.

## Ranking

ballot-ranked = { $n } of { $of } ranked
ballot-rank-said = { sent-ranked }
ballot-left-out-said = { sent-below-all }
ballot-rank-first = Nothing ranked yet. Start with the one you like most.
ballot-rank-left-out = Not ranked: below all of the above
ballot-rank-all = All are ranked. Drag one below this line to leave it out.
ballot-rank-move = Move { $option }
ballot-rank-up = { $option }: up
ballot-rank-down = { $option }: down
ballot-rank-more = { $option }: tie or leave out
ballot-rank = Rank
ballot-rank-it = Rank { $option }
ballot-rank-tie = Tie with { $options }
ballot-rank-tie-above = Tie with above
ballot-rank-untie = Break the tie
ballot-rank-leave-out = Leave out
ballot-rank-now = { ORDINAL($place) ->
    [one] { $option } is { $place }st of { $of } ranked.
    [two] { $option } is { $place }nd of { $of } ranked.
    [few] { $option } is { $place }rd of { $of } ranked.
   *[other] { $option } is { $place }th of { $of } ranked.
}
ballot-rank-now-tied = { ORDINAL($place) ->
    [one] { $option } is { $place }st, tied with { $options }.
    [two] { $option } is { $place }nd, tied with { $options }.
    [few] { $option } is { $place }rd, tied with { $options }.
   *[other] { $option } is { $place }th, tied with { $options }.
}
ballot-rank-now-out = { $option } is left out, below all.
ballot-in-ranking = { ORDINAL($place) ->
    [one] { $place }st in your ranking
    [two] { $place }nd in your ranking
    [few] { $place }rd in your ranking
   *[other] { $place }th in your ranking
}
ballot-in-ranking-tied = { ORDINAL($place) ->
    [one] { $place }st in your ranking, tied
    [two] { $place }nd in your ranking, tied
    [few] { $place }rd in your ranking, tied
   *[other] { $place }th in your ranking, tied
}

## Criteria

ballot-weight = weighs { $percent }%
ballot-option-of = Option { $n } of { $of }
ballot-previous = Back
ballot-next = Next
ballot-last-option = That was the last one
ballot-matrix-caption = Your scores, from 0 (worst) to 5 (best), by option and criterion
ballot-option = { ranking-option }
# $scores: a list of ballot-score-gift
ballot-scores-of = { $option }: { $scores }
ballot-scores-missing = { $n ->
    [one] No opinion so far on { $n } score; that is not the same as 0.
   *[other] No opinion so far on { $n } scores; that is not the same as 0.
}

## The receipt

ballot-nothing-yet = Nothing chosen yet
ballot-how-to = Every change is saved at once. You can change it as often as you like until voting closes.
ballot-receipt = { $saved ->
    [no] Not sent to the server yet; it is kept on this device. To change it, just vote again; to take it back, use Withdraw. Both work until voting closes.
    [at] Saved at { $time }. To change it, just vote again; to take it back, use Withdraw. Both work until voting closes.
   *[earlier] Saved. To change it, just vote again; to take it back, use Withdraw. Both work until voting closes.
}
ballot-receipt-closed = { $saved ->
    [no] Not sent to the server yet; it is kept on this device. Voting is closed; this is what counts.
    [at] Saved at { $time }. Voting is closed; this is what counts.
   *[earlier] Saved. Voting is closed; this is what counts.
}
ballot-closed-nothing = Voting is closed; you have no ballot in this round.
you-watching = You are watching
you-waiting = You are waiting to be let in
you-seatless = You cannot vote yet
you-seatless-how = Your vote needs a cookie. The note at the top of this page says what is missing.
# $site: the host name of this page
entry-seatless = { $why ->
    [blocked] You cannot vote yet: your browser keeps no cookies for { $site }, and only a cookie lets the server tell your vote from others. Allow cookies for this site in the browser's settings, then reload this page.
    [insecure] You cannot vote here: this page was opened without encryption (http), and this server keeps votes apart by cookies that are sent over https only. Open the board at its own address:
   *[lost] You cannot vote yet: your browser's cookie does not reach the server. Reload this page. If that does not help, a proxy or an extension removes cookies on the way.
}
entry-reload = { page-reload }
you-watching-how = You cannot vote here now, but you still see what others say and decide.
ballot-unknown-method = This page does not know this round's voting method. Reload it.

## Who takes part

you-named = { $role ->
    [watching] You are watching as { $name }
   *[voting] You are taking part as { $name }
}
you-unnamed = { $role ->
    [watching] You are watching without a name
   *[voting] { ballot-no-name }
}
you-name-hint = { ballot-name-hint }
you-name-hint-hidden = optional, this board shows no names

entry-seat = { ballot-seat-held }
entry-move = { seat-move-elsewhere }
entry-have-code = { ballot-have-code }
entry-lost = { $how ->
    [moved] { ballot-seat-moved }
    [revoked] { ballot-seat-revoked }
   *[renewed] { ballot-seat-renewed }
}
entry-waits = { ballot-entry-waiting }
entry-invited = { ballot-invited-only }
