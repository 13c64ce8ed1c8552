### What a result says, in bars, tables and cards, and how rounds compare.

result-leads = leads
result-first = first
result-tied = tied
result-rank = { $place }
result-rank-tied = { $place }=
result-score = { NUMBER($n, maximumFractionDigits: 2) }
result-decimal = { figure-mean }
result-percent = { $percent }%
result-mean = ⌀ { NUMBER($mean, minimumFractionDigits: 1, maximumFractionDigits: 1) }
result-of-most = of { $most }
result-head = { $method ->
    [single] { ranking-votes }
    [approval] { ranking-approvals }
    [dots] { ranking-dots }
    [score] { ranking-points }
    [ranked] { ranking-wins }
    [matrix] { ranking-weighted-mean }
   *[other] { record-column-total }
}
result-split = split

## In an option's card

result-of-voters = { option-approvals }
result-dots = { $n ->
    [one] { $n } dot
   *[other] { $n } dots
}
result-points = { $n ->
    [one] { $n } point
   *[other] { $n } points
}
result-points-mean = { $n ->
    [one] { $n } point, mean { NUMBER($mean, minimumFractionDigits: 1, maximumFractionDigits: 1) }
   *[other] { $n } points, mean { NUMBER($mean, minimumFractionDigits: 1, maximumFractionDigits: 1) }
}
result-beats = beats { $n } of { $of }
result-weighted-mean = weighted mean { NUMBER($mean, minimumFractionDigits: 2, maximumFractionDigits: 2) }

## How sure it is

sureness-word = { verdict-word }
sureness-means = { verdict-means }
sureness-readings = Read by other rules
sureness-rule-head = Rule
sureness-winner-head = Winner
sureness-rule = { $rule ->
    [plurality] { rule-plurality }
    [approval] { rule-approval }
    [dots] { rule-dots }
    [star] { rule-star }
    [score] { rule-score }
    [schulze] { rule-schulze }
    [copeland] { method-copeland }
    [borda] { method-borda }
    [instant_runoff] { method-instant-runoff }
    [weighted_mean] { rule-weighted-mean }
    [equal_weights] { rule-equal-weights }
    [own] { rule-own }
   *[other] { $rule }
}

## Other weights to try

weights-title = { screen-weights-title }
weights-note = Nothing is stored: the result and the record stay as they are.
weights-reset = The round's own weights
weights-first = With these weights { $first } is first, with { $mean }.
weights-tied = With these weights { $first } and { $second } are level, with { $mean }.
weights-none = At least one weight must be above 0.

## How the ballots are spread

evidence-spread = How the ballots are spread
evidence-spread-note = Agreement runs from −1 (split into two camps) to 1 (all alike).
evidence-spread-caption = { $method ->
    [score] Ballots by score
    [matrix] Ballots by mean score
    [dots] Ballots by dots given
    [ranked] Ballots by rank given
   *[other] { evidence-spread }
}
# $size: van der Eijk's A without its sign; only a split has a negative one
evidence-agreement = { $agreement ->
    [agreed] agreed { NUMBER($size, minimumFractionDigits: 2, maximumFractionDigits: 2) }
    [mixed] mixed { NUMBER($size, minimumFractionDigits: 2, maximumFractionDigits: 2) }
   *[split] split −{ NUMBER($size, minimumFractionDigits: 2, maximumFractionDigits: 2) }
}
evidence-option = { ranking-option }
evidence-no-opinion = { ballot-no-opinion }
evidence-unranked = out

## The deciding comparison

evidence-duel = The deciding comparison
# For screen readers, after evidence-duel: how many ballots prefer which of the two
evidence-duel-said =
    : { $first_for ->
        [one] { $first_for } ballot prefers { $first }
       *[other] { $first_for } ballots prefer { $first }
    }, { $second_for ->
        [one] { $second_for } ballot prefers { $second }
       *[other] { $second_for } ballots prefer { $second }
    }.
evidence-duel-said-neither =
    : { $first_for ->
        [one] { $first_for } ballot prefers { $first }
       *[other] { $first_for } ballots prefer { $first }
    }, { $second_for ->
        [one] { $second_for } ballot prefers { $second }
       *[other] { $second_for } ballots prefer { $second }
    }, { $neither ->
        [one] { $neither } ballot without a preference
       *[other] { $neither } ballots without a preference
    }.
evidence-duel-neither = { $n ->
    [one] { $n } ballot without a preference
   *[other] { $n } ballots without a preference
}

## The tables behind a result

evidence-criteria = Criterion by criterion
evidence-criteria-note = The mean score by each criterion; combined by weight, they make the weighted mean.
evidence-criteria-caption = Mean scores by option and criterion
evidence-criterion-head = { $name } ({ $percent }%)
evidence-head-to-head = Head to head
evidence-head-to-head-note = Each row shows how many ballots prefer its option to the column's option. A ✓ marks the larger number of each pair.
evidence-head-to-head-caption = How many ballots prefer the row's option to the column's option
evidence-pictures = In pictures
evidence-pictures-loading = The pictures are on their way.
evidence-pictures-failed = The pictures could not be loaded. Fold this up and unfold it to try again.
evidence-run-off = Instant run-off, round by round
evidence-run-off-note = The weakest option drops out, and its ballots pass to their next choice.
evidence-dropped = out
evidence-alternatives = Other ways of counting the same ballots
evidence-alternative = { $rule ->
    [copeland] { method-copeland }
    [borda] { method-borda }
    [instant_runoff] Instant run-off
   *[other] { $rule }
}
evidence-alternative-rule = { $rule ->
    [copeland] most head-to-head wins
    [borda] points by rank
    [instant_runoff] the weakest drops out, round after round
   *[other] {""}
}
evidence-same-winner = the same winner
evidence-other-winner = a different winner

## What changed from round to round

movement-caption = { movement-since }
movement-from = From
movement-to = To
# Above the comments that moved people
movement-moved-by = What moved people
movement-moved-people = { $exact ->
    [yes] { $people ->
        [one] One person
       *[other] { $people } people
    }
   *[no] At least { $people } people
}
movement-people = { host-people-title }
movement-none-alone = { movement-no-first }

## Rounds side by side

rounds-caption = All rounds side by side
rounds-option = { ranking-option }
rounds-hidden = hidden
rounds-not-on = not on the ballot
rounds-place = { $place }.
rounds-up = ▲ { $n }
rounds-down = ▼ { $n }
rounds-same = =
rounds-up-said = { $n ->
    [one] up { $n } place since round { $since }
   *[other] up { $n } places since round { $since }
}
rounds-down-said = { $n ->
    [one] down { $n } place since round { $since }
   *[other] down { $n } places since round { $since }
}
rounds-same-said = the same place as in round { $since }
rounds-blank-ballot = none of them
