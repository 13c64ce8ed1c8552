## The replay of a meeting

replay-play = { $does ->
    [pause] Pause
   *[play] Play
}
replay-voted-least = at least { $voters } voted
replay-stepwise = This round was secret: its ballots come in shuffled groups of at least { $n }, so the bars do not tell who voted what, or which ballot came when.
replay-empty = There is nothing to replay yet: no round has been revealed, and no one has commented.
replay-hides = Round { $round } is in progress. Until it is revealed, this replay ends where it began.
replay-comments = { $n ->
    [0] No comments so far
    [one] { $n } comment so far
   *[other] { $n } comments so far
}
replay-more = { $n ->
    [one] { $n } more comment is on the board.
   *[other] { $n } more comments are on the board.
}
replay-mark = { $mark ->
    [created] Board created
    [opened] Round { $round } opened
    [closed] Round { $round } closed
    [reopened] Round { $round } opened again
    [revealed] Round { $round } revealed
    [deferred] Decision deferred
    [taken_back] Decision taken back
   *[decided] Decision made
}
