### What the server says about a meeting: results, what stands out, history.

## How a result is counted

step-ballots = { $n ->
    [one] { NUMBER($n, useGrouping: 1) } ballot is in.
   *[other] { NUMBER($n, useGrouping: 1) } ballots are in.
  }
step-total = { $name } { NUMBER($total, useGrouping: 1) }
step-more = { $n } more
step-add-votes = Add up the votes: { $totals }.
step-add-approvals = Add up the approvals: { $totals }.
step-add-dots = Add up the dots: { $totals }.
step-add-points = Add up the points: { $totals }.
step-run-off-preferences = { $names } tie for a place in the run-off. By how often each is scored higher than another of them: { $totals }.
step-run-off-fives = { $names } tie for a place in the run-off. By fives: { $totals }.
step-run-off-still-tied = { $names } are still tied for it, so every possible run-off is counted.
step-run-off = { $names } go to the run-off.
step-weights = The weights are: { $weights }.
step-means = Take the mean of an option's scores by each criterion, times the criterion's weight.
step-add-means = Add these up, and divide by the weights of the criteria that it was scored by.
step-mean = { $name }: ({ $terms }) / { $weights } = { $mean }.
step-term = { $mean } x { $weight }
step-means-rest = The { $n } behind them are counted the same way.
step-means-none = { $count ->
    [one] No one scored { $names }, which comes last.
   *[other] No one scored { $names }, which come last.
  }
step-pairs = { $ballots ->
    [one] { NUMBER($ballots, useGrouping: 1) } ballot is in. For each pair of options, count the ballots that rank one above the other.
   *[other] { NUMBER($ballots, useGrouping: 1) } ballots are in. For each pair of options, count the ballots that rank one above the other.
  }
step-pairs-blank = { $ballots ->
    [one] { NUMBER($ballots, useGrouping: 1) } ballot is in.
   *[other] { NUMBER($ballots, useGrouping: 1) } ballots are in.
  } { $blank ->
    [one] { NUMBER($blank, useGrouping: 1) } of them ranks nothing.
   *[other] { NUMBER($blank, useGrouping: 1) } of them rank nothing.
  } For each pair of options, count the ballots that rank one above the other.
step-duels = { $name } against { $duels }.
step-duel = { $name } { NUMBER($there, useGrouping: 1) } to { NUMBER($back, useGrouping: 1) }
step-duels-more = { $n ->
    [one] { $n } other by at least as much
   *[other] { $n } others by at least as much
  }
step-links = The option that more ballots prefer links to the other, with that number as strength.
step-path = A path along such links is as strong as its weakest link.
step-strongest-paths = Strongest paths: { $there }; { $back }.
path-none = from { $start } to { $end } none
path-strength = { $path } has { NUMBER($strength, useGrouping: 1) }
step-alternatives = For comparison: { $clauses }.
alternatives-agree = { $count ->
    [one] { $methods } agrees
   *[other] { $methods } agree
  }
alternatives-choose = { $method } would choose { $names }
method-copeland = Copeland
method-borda = Borda
method-instant-runoff = instant run-off
list-semicolon = { "; " }
step-quorum-missed-by-all = No option is scored by at least { $share }, so none is put behind for it.
step-scored-by = { $name } ({ NUMBER($n, useGrouping: 1) })
step-quorum = { $count ->
    [one] Fewer than { $share } score { $names }, which stands behind the options that reach this share.
   *[other] Fewer than { $share } score { $names }, which stand behind the options that reach this share.
  }
step-eliminated-together = In the instant run-off more options tie for elimination than can be tried each way; they are eliminated together.
step-eliminated-each-way = The instant run-off depends on ties for elimination: by which of the tied options is eliminated first, the winner is { $winners }.
figure-mean-tiny = less than 0.01
figure-half-of-ballots = half of the ballots
figure-share-of-ballots = { $percent }% of the ballots

## What decided a round

decided-no-ballots = Nobody has voted yet.
decided-no-votes = No option has a single vote.
decided-no-approvals = No option has a single approval.
decided-no-dots = No option has a single dot.
decided-no-points = No option has a single point.
decided-no-rankings = No ballot ranks anything.
decided-tie-votes = { $total ->
    [one] A tie: { $names } have { NUMBER($total, useGrouping: 1) } vote each.
   *[other] A tie: { $names } have { NUMBER($total, useGrouping: 1) } votes each.
  }
decided-alone-votes = { $total ->
    [one] { $name } has { NUMBER($total, useGrouping: 1) } vote.
   *[other] { $name } has { NUMBER($total, useGrouping: 1) } votes.
  }
decided-most-votes = { $total ->
    [one] { $name } has { NUMBER($total, useGrouping: 1) } vote, { $margin } more than { $others }.
   *[other] { $name } has { NUMBER($total, useGrouping: 1) } votes, { $margin } more than { $others }.
  }
decided-tie-approvals = { $total ->
    [one] A tie: { $names } have { NUMBER($total, useGrouping: 1) } approval each.
   *[other] A tie: { $names } have { NUMBER($total, useGrouping: 1) } approvals each.
  }
decided-alone-approvals = { $total ->
    [one] { $name } has { NUMBER($total, useGrouping: 1) } approval.
   *[other] { $name } has { NUMBER($total, useGrouping: 1) } approvals.
  }
decided-most-approvals = { $total ->
    [one] { $name } has { NUMBER($total, useGrouping: 1) } approval, { $margin } more than { $others }.
   *[other] { $name } has { NUMBER($total, useGrouping: 1) } approvals, { $margin } more than { $others }.
  }
decided-tie-dots = { $total ->
    [one] A tie: { $names } have { NUMBER($total, useGrouping: 1) } dot each.
   *[other] A tie: { $names } have { NUMBER($total, useGrouping: 1) } dots each.
  }
decided-alone-dots = { $total ->
    [one] { $name } has { NUMBER($total, useGrouping: 1) } dot.
   *[other] { $name } has { NUMBER($total, useGrouping: 1) } dots.
  }
decided-most-dots = { $total ->
    [one] { $name } has { NUMBER($total, useGrouping: 1) } dot, { $margin } more than { $others }.
   *[other] { $name } has { NUMBER($total, useGrouping: 1) } dots, { $margin } more than { $others }.
  }
decided-run-off = { $more ->
    [one] { $winner } wins the run-off: { NUMBER($more, useGrouping: 1) } ballot scores it higher than { $loser }, { NUMBER($fewer, useGrouping: 1) } the other way round.
   *[other] { $winner } wins the run-off: { NUMBER($more, useGrouping: 1) } ballots score it higher than { $loser }, { NUMBER($fewer, useGrouping: 1) } the other way round.
  }
decided-run-off-points = { $ballots ->
    [one] The run-off between { $names } is even, { NUMBER($ballots, useGrouping: 1) } ballot each way; by points { $winner } wins, { NUMBER($more, useGrouping: 1) } to { NUMBER($fewer, useGrouping: 1) }.
   *[other] The run-off between { $names } is even, { NUMBER($ballots, useGrouping: 1) } ballots each way; by points { $winner } wins, { NUMBER($more, useGrouping: 1) } to { NUMBER($fewer, useGrouping: 1) }.
  }
decided-run-off-fives = { $ballots ->
    [one] The run-off between { $names } is even, { NUMBER($ballots, useGrouping: 1) } ballot each way, and so are the points; by fives { $winner } wins, { NUMBER($more, useGrouping: 1) } to { NUMBER($fewer, useGrouping: 1) }.
   *[other] The run-off between { $names } is even, { NUMBER($ballots, useGrouping: 1) } ballots each way, and so are the points; by fives { $winner } wins, { NUMBER($more, useGrouping: 1) } to { NUMBER($fewer, useGrouping: 1) }.
  }
decided-run-off-tie = { $ballots ->
    [one] A tie: the run-off between { $names } is even, { NUMBER($ballots, useGrouping: 1) } ballot each way, and so are points and fives.
   *[other] A tie: the run-off between { $names } is even, { NUMBER($ballots, useGrouping: 1) } ballots each way, and so are points and fives.
  }
decided-any-run-off = { $winner } wins the run-off, whichever of { $tied } takes the other place, for which they are tied.
decided-run-offs-differ = A tie between { $winners }: { $tied } are tied for the run-off, and the winner depends on which of them are in it.
decided-quorum-without-points = No option scored by at least { $share } has a single point.
decided-means-tie = { $share ->
    [none] A tie: { $names } have the same weighted mean, { $mean }.
   *[other] A tie: { $names } have the same weighted mean, { $mean }, the highest of the options scored by at least { $share }.
  }
decided-mean-alone = { $share ->
    [none] { $name } has the highest weighted mean, { $mean }.
   *[other] { $name } has the highest weighted mean of the options scored by at least { $share }, { $mean }.
  }
decided-mean = { $share ->
    [none] { $count ->
        [one] { $name } has the highest weighted mean, { $mean }; { $others } follows, { $behind } behind.
       *[other] { $name } has the highest weighted mean, { $mean }; { $others } follow, { $behind } behind.
      }
   *[other] { $count ->
        [one] { $name } has the highest weighted mean of the options scored by at least { $share }, { $mean }; { $others } follows, { $behind } behind.
       *[other] { $name } has the highest weighted mean of the options scored by at least { $share }, { $mean }; { $others } follow, { $behind } behind.
      }
  }
decided-paths-tie = A tie between { $names }: no strongest path from one of them to another is stronger than the one back.
decided-beats-all = { $name } beats every other option head to head; the closest is { $rival }, { NUMBER($there, useGrouping: 1) } to { NUMBER($back, useGrouping: 1) }.
decided-paths = No option beats all others head to head. By the strongest paths, { $name } is ahead of every other; the closest is { $rival }, { NUMBER($there, useGrouping: 1) } to { NUMBER($back, useGrouping: 1) }.
decided-by-list = The tie goes to { $name }, the first of them in the board's list.
decided-by-lot = The tie goes to { $name }, the first of them in the lot drawn when the round was opened.

## What stands out

insight-tie = { $names } are tied.
insight-tie-broken = { $names } are tied. The tie-break puts { $winner } first.
insight-one-ballot = { $margin } One ballot decides it.
insight-ahead = { $margin ->
    [one] { $winner } is { NUMBER($margin, useGrouping: 1) } ballot ahead of { $others }.
   *[other] { $winner } is { NUMBER($margin, useGrouping: 1) } ballots ahead of { $others }.
  }
insight-dots-ahead = { $margin ->
    [one] { $winner } is { NUMBER($margin, useGrouping: 1) } dot ahead of { $others }.
   *[other] { $winner } is { NUMBER($margin, useGrouping: 1) } dots ahead of { $others }.
  }
insight-head-to-head = { $margin ->
    [one] { $winner } is { NUMBER($margin, useGrouping: 1) } ballot ahead of { $other } head to head, { NUMBER($here, useGrouping: 1) } to { NUMBER($there, useGrouping: 1) }.
   *[other] { $winner } is { NUMBER($margin, useGrouping: 1) } ballots ahead of { $other } head to head, { NUMBER($here, useGrouping: 1) } to { NUMBER($there, useGrouping: 1) }.
  }
insight-even-points = { $winner } and { $other } are even head to head, { NUMBER($here, useGrouping: 1) } to { NUMBER($there, useGrouping: 1) }; { $winner } wins by { NUMBER($more, useGrouping: 1) } points to { NUMBER($fewer, useGrouping: 1) }.
insight-even-fives = { $winner } and { $other } are even head to head, { NUMBER($here, useGrouping: 1) } to { NUMBER($there, useGrouping: 1) }; { $winner } wins by { $more ->
    [one] { NUMBER($more, useGrouping: 1) } five to { NUMBER($fewer, useGrouping: 1) }.
   *[other] { NUMBER($more, useGrouping: 1) } fives to { NUMBER($fewer, useGrouping: 1) }.
  }
insight-paths = { $winner } does not beat every other option head to head; by the strongest paths it is ahead of { $other }, { NUMBER($here, useGrouping: 1) } to { NUMBER($there, useGrouping: 1) }.
insight-only-scores = { $winner } is the only option with scores.
insight-quorum = { $count ->
    [one] { $winner } is first with a weighted mean of { $here }; { $others } has { $there }, but too few scores.
   *[other] { $winner } is first with a weighted mean of { $here }; { $others } have { $there }, but too few scores.
  }
insight-means = By weighted mean, { $winner } is { $lead } ahead of { $others }, { $here } to { $there }.
insight-split = The room is split on { $name }: some rate it high, others low, and few in between (agreement −{ NUMBER($split, minimumFractionDigits: 2, maximumFractionDigits: 2) } of −1).
insight-no-opinions = No one has an opinion on { $name }.
insight-no-opinion = { $voters ->
    [one] { NUMBER($count, useGrouping: 1) } of { NUMBER($voters, useGrouping: 1) } ballot has no opinion on { $name }. Hear from those who know it.
   *[other] { NUMBER($count, useGrouping: 1) } of { NUMBER($voters, useGrouping: 1) } ballots have no opinion on { $name }. Hear from those who know it.
  }
insight-outliers = { $names } voted least like the others. Hear from them first.

## How sure a result is

verdict-word = { $word ->
    [solid] Solid
    [leaning] Leaning
   *[coin_toss] Coin toss
  }
verdict-means = { $word ->
    [solid] A clear lead, and every way to read the ballots agrees.
    [leaning] A lead, but not beyond doubt.
   *[coin_toss] So close that chance could have decided it.
  }
verdict-margin-exact = { $n ->
    [one] It would have taken one different ballot, of { NUMBER($voters, useGrouping: 1) }, for { $winner } to lose.
   *[other] It would have taken { NUMBER($n, useGrouping: 1) } different ballots, of { NUMBER($voters, useGrouping: 1) }, for { $winner } to lose.
  }
verdict-margin-between = It would have taken between { NUMBER($least, useGrouping: 1) } and { NUMBER($most, useGrouping: 1) } different ballots, of { NUMBER($voters, useGrouping: 1) }, for { $winner } to lose; how many exactly is not known.
verdict-readings-all = In each of { $count } ways to read these ballots, { $winner } wins.
verdict-readings-some = In { $agreeing } of { $count } ways to read these ballots, { $winner } wins alone; { $clauses }.
verdict-weights = If { $percent }% of the weight moved from { $sources } to { $target }, { $option } would draw level with { $winner }.
verdict-weights-none = No other weights would put another option ahead of { $winner }.
rule-plurality = most first choices
rule-approval = most approvals
rule-dots = most dots
rule-star = STAR
rule-score = most points
rule-schulze = Schulze
rule-weighted-mean = weighted means
rule-equal-weights = means with equal weights
rule-own = the rule of this round

## What changed since the round before

movement-since = From round { $since } to round { $n }
movement-changed = { $n ->
    [0] The ballots are the same as in round { $since }.
    [one] At least { NUMBER($n, useGrouping: 1) } of { NUMBER($voters, useGrouping: 1) } ballots is different from those in round { $since }.
   *[other] At least { NUMBER($n, useGrouping: 1) } of { NUMBER($voters, useGrouping: 1) } ballots are different from those in round { $since }.
  }
movement-secret = Secret ballots are not joined from round to round, so who moved from where to where is not told.
movement-few = Who moved from where to where is not told: the board hides names, and a group has fewer than { $n } people.
movement-no-one = No one voted both in round { $since } and in this one.
movement-none = { $people ->
    [one] The one person who voted in both rounds kept their first choice.
   *[other] All { NUMBER($people, useGrouping: 1) } people who voted in both rounds kept their first choice.
  }
movement-moved = { $people ->
    [one] The one person who voted in both rounds has another first choice: { $flows }.
   *[other] { NUMBER($moved, useGrouping: 1) } of { NUMBER($people, useGrouping: 1) } people who voted in both rounds have another first choice: { $flows }.
  }
movement-flow = { NUMBER($people, useGrouping: 1) } from { $source } to { $target }
movement-no-first = no first choice
movement-agreement = { $way ->
    [rose] Agreement rose from { $then } to { $now }.
    [fell] Agreement fell from { $then } to { $now }.
   *[same] Agreement stayed at { $now }.
  }
movement-settled = Another round is unlikely to change anything: if as many ballots changed again, whatever they became, { $winner } would still win.
record-moved-by = { $exact ->
    [yes] { $people ->
        [one] One person was moved by “{ $text }” ({ $credit ->
            [yes] { $name }, on { $option }
           *[no] on { $option }
        }).
       *[other] { NUMBER($people, useGrouping: 1) } people were moved by “{ $text }” ({ $credit ->
            [yes] { $name }, on { $option }
           *[no] on { $option }
        }).
    }
   *[no] At least { NUMBER($people, useGrouping: 1) } people were moved by “{ $text }” ({ $credit ->
        [yes] { $name }, on { $option }
       *[no] on { $option }
    }).
}

## The history of a meeting

# Each tells the rest of a sentence that begins with the one who did it: a host, or one of these.

history-the-host = The host
history-the-clock = The clock
history-the-server = The server
history-create = made the board “{ $title }”
history-renamed = named the board “{ $title }”
history-round-hidden = results hidden until the reveal
history-round-after-vote = results shown to people who have voted
history-round-live = results shown live
history-round-experience = voters may say how well they know each option
history-round-stances = everyone is asked whether they commit to the outcome
history-round-sealed = comments hidden until the reveal
history-round-tie-listed = ties settled by the board's order
history-round-tie-lot = ties settled by lot
history-show-names = showed names
history-hide-names = hid names
history-host-sees = let the host see hidden results
history-host-blind = hid results from the host too
history-comments-open = opened comments
history-comments-closed = closed comments
history-proposals-open = let everyone propose options
history-proposals-closed = closed proposals
history-entry-open = let everyone take part
history-entry-admitted = made newcomers wait to be let in
history-entry-invited = let only people with an invitation take part
history-address = chose the address { $address } for links
history-any-address = let the server choose the address for links
history-host-left = stopped being a host
history-context = changed what everyone should know
history-nothing = changed nothing
history-add-option = added { $option }
history-edit-option = edited { $option }
history-remove-option = removed { $option }
history-accept-proposal = accepted the proposal { $option }
history-merge-proposal = merged a proposal into { $option }
history-decline-proposal = declined a proposal
history-open-round = opened round { $round }: { $details }
history-ballots-secret = secret ballots
history-ballots-open = open ballots
history-round-options = { $some } of { $all } options
history-minutes = { $minutes } min
history-seconds = { $seconds } s
history-minutes-seconds = { $minutes } min { $seconds } s
history-lock = closed voting in round { $round }
history-reopen-round = opened voting again in round { $round }
history-reveal = revealed round { $round }
history-hurry = showed the result of round { $round } at once
history-extend = gave round { $round } { $time } more
history-pause = paused the clock in round { $round }
history-resume = resumed the clock in round { $round }
history-moderated = { $done ->
    [pinned] pinned a comment
    [unpinned] unpinned a comment
    [hid] hid a comment
    [pro] put a comment into the record as a point in favour
    [con] put a comment into the record as a point against
    [unchosen] left a comment out of the record again
   *[unhid] unhid a comment
  }
history-moderated-on = { $done ->
    [pinned] pinned a comment on { $option }
    [unpinned] unpinned a comment on { $option }
    [hid] hid a comment on { $option }
    [pro] put a comment on { $option } into the record as a point in favour
    [con] put a comment on { $option } into the record as a point against
    [unchosen] left a comment on { $option } out of the record again
   *[unhid] unhid a comment on { $option }
  }
history-proposals-criteria = let people propose criteria
history-accept-criterion = accepted a proposal as the criterion { $criterion }
history-round-criteria = on the criteria
history-set-criteria = { $n ->
    [0] removed the criteria
    [one] set { $n } criterion
   *[other] set { $n } criteria
  }
history-take-weights = took over the weights of the criteria from round { $round }
history-set-gates = { $n ->
    [0] removed the must-haves
    [one] set { $n } must-have
   *[other] set { $n } must-haves
  }
history-answer-gate = { $answer ->
    [pass] said that { $option } passes the must-have “{ $gate }”
    [fail] said that { $option } fails the must-have “{ $gate }”
   *[unknown] said that it is not known whether { $option } passes the must-have “{ $gate }”
  }
history-decide = decided for { $option }
history-archive = archived the board
history-unarchive = opened the archived board again
history-score = { $came_true ->
    [yes] said that prediction { $n } came true
    [no] said that prediction { $n } did not come true
   *[unknown] said that it is not known yet whether prediction { $n } came true
}
history-assign-risk = { $some ->
    [no] left a risk without an owner
   *[yes] left a risk with { $owner }
}
history-open-premortem = opened a pre-mortem of { $option }
history-reveal-premortem = showed what people wrote in the pre-mortem
history-defer = deferred the decision until { $day } and left it with { $owner }
history-reopen-deferred = took back that the decision is deferred
history-reopen = took back the decision for { $option }
history-admit = { $n ->
    [1] let in a newcomer
    [one] let in { $n } newcomer
   *[other] let in { $n } newcomers
  }
history-add-host = made { $name } a host
history-remove-host = took host rights from { $name }
history-remove-first-host = took host rights from the first host
history-make-invitations = { $n ->
    [1] made an invitation
    [one] made { $n } invitation
   *[other] made { $n } invitations
  }
history-renewed = renewed invitation { $n }
history-renewed-in-round = renewed invitation { $n }, withdrawing any ballot it had in round { $round }
history-revoke = revoked invitation { $n }
question-deferred = Deferred until { $day }
history-join-meeting = made this board a question of the meeting { $code }
history-leave-meeting = took this board out of the meeting { $code }
history-add-question = added the board { $code } to the meeting
history-move-question = made the board { $code } question { $place } of the meeting
history-remove-question = removed the board { $code } from the meeting
history-go-to-question = moved on to question { $n }, the board { $code }
history-end-meeting = ended the meeting

## The record of a decision

record-no-decision = No option has been chosen yet.
record-no-reason = The decision has no reason.
record-no-round = No round of voting has been revealed yet.
record-round-hidden = Round { $round } is not revealed yet, so this record tells nothing of it.
record-dissent = { $count ->
    [0] In round { $round }, no ballot favoured another option over { $name }.
    [one] In round { $round }, { NUMBER($count, useGrouping: 1) } of { NUMBER($voters, useGrouping: 1) } ballots favoured another option over { $name }.
   *[other] In round { $round }, { NUMBER($count, useGrouping: 1) } of { NUMBER($voters, useGrouping: 1) } ballots favoured another option over { $name }.
  }
record-sure = { $word ->
    [solid] How sure: solid.
    [leaning] How sure: leaning.
   *[coin_toss] How sure: a coin toss.
  }
record-kept-at = This record is kept at { $link }.
record-weights-from = Weights given by the room, with dots in round { $round }
record-must-have = Must have: { $gate }
record-dropped-out = { $option } (dropped out: fails { $gates })
record-gate-unknown = Not known yet for { $option }: { $gate }.
record-gate-answer = { $answer ->
    [pass] it passes “{ $gate }”
    [fail] it fails “{ $gate }”
   *[unknown] it is not known whether it passes “{ $gate }”
  }
record-consequence = { $text } (owner: { $owner })
# How voters see an option, by how well they know it: `Flask: shipped it, 6 people, 4.5 on average`
lens-option = { $name }: { $groups }.
lens-group = { $level ->
    [never] never used it, { $people } people, { $mean } on average
    [tried] tried it, { $people } people, { $mean } on average
   *[shipped] shipped it, { $people } people, { $mean } on average
}
lens-withheld = { $name }: how those who know it see it is not told, because a group, or what is left without it, has fewer than { $n } people.
record-commitment = Commit: { $commit }. Commit with a reservation: { $reservation }. Block: { $block }.
record-risk = { $owned ->
    [no] { $source ->
        [block] { $text } (a block; no owner yet)
        [premortem] { $text } (from the pre-mortem; no owner yet)
       *[reservation] { $text } (a reservation; no owner yet)
    }
   *[yes] { $source ->
        [block] { $text } (a block; owner: { $owner })
        [premortem] { $text } (from the pre-mortem; owner: { $owner })
       *[reservation] { $text } (a reservation; owner: { $owner })
    }
}
record-prediction = { $came_true ->
    [yes] { $text } ({ $confidence } % sure; it came true)
    [no] { $text } ({ $confidence } % sure; it did not come true)
   *[open] { $text } ({ $confidence } % sure)
}
record-brier = The Brier score of these predictions is { $score }: 0 is perfect, 0.25 is what being 50 % sure of everything gets, and 1 is as wrong as can be.
calendar-summary = Look again: { $title }
calendar-description = What was decided: { $about }. Is it still right? The record: { $link }
record-yes = yes
record-column-option = Option
record-column-decided = Decided
record-column-round = Round
record-column-method = Method
record-column-place = Place
record-column-total = Total
record-column-agreement = Agreement
record-column-voters = Voters
record-column-name = Name
picture-figure = { $option } ({ $total })
picture-more = { screen-proposals-rest }
picture-spread-told = The ballots agree most on { $most }, and least on { $least }.
picture-pairs = { $first } against each other option
picture-pairs-told = { $others ->
    [one] { $wins ->
        [one] More ballots prefer { $first } to the other option than the other way round.
       *[other] No more ballots prefer { $first } to the other option than the other way round.
      }
   *[other] Compared with each of the { $others } other options, more ballots prefer { $first } in { $wins ->
        [one] { $wins } case
       *[other] { $wins } cases
      }.
  }
picture-pairs-for = For { $first }
picture-pairs-other = For the other option
picture-pairs-neither = No preference
picture-arrivals = How the votes came in
picture-arrivals-after = Minutes after the opening
picture-arrivals-told = { $voters ->
    [one] { NUMBER($voters, useGrouping: 1) } person had voted { $end } minutes after the opening.
   *[other] { NUMBER($voters, useGrouping: 1) } people had voted { $end } minutes after the opening.
  }
picture-arrivals-half = { NUMBER($voters, useGrouping: 1) } of them needed { $time } at most.
picture-arrivals-groups = Ballots were secret, so they are shown in groups of at least { $n }, at times that are rounded up.
record-column-cell = { $option }: { $criterion }
