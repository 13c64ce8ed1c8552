### What the pages say about options that people propose.

## On the ballot

proposal-by = { proposed-by }
proposal-sending = { $isWaiting ->
    [yes] offline, will send
   *[no] sending…
  }
proposal-title = { proposals-title }
proposal-form-title = { proposals-form-title }
proposal-take-back = Take it back
proposal-take-back-label = Take back your proposal { $name }
proposal-yours = { $state ->
    [accepted] Yours: it is an option now.
    [criterion] Yours: it is a criterion now.
    [merged] Yours: merged into { $option }.
    [declined] Yours: declined.
   *[open] Yours: waiting for the host.
  }
# What the host said to it
proposal-word = “{ $word }”
proposal-answered = { $state ->
    [accepted] Your proposal “{ $name }” is an option now.
    [criterion] Your proposal “{ $name }” is a criterion now.
    [merged] Your proposal “{ $name }” was merged into { $option }.
   *[declined] Your proposal “{ $name }” was declined.
  }
proposal-answered-word = { $answer } The host says: “{ $word }”
proposal-blocked = { $by ->
    [closed] The host does not take proposals right now.
    [decided] The decision is made, so this board takes no more proposals.
    [waiting] { $about ->
        [criteria] You can propose criteria once the host lets you in.
       *[options] You can propose options once the host lets you in.
      }
    [seatless] { $about ->
        [criteria] You cannot propose criteria yet: the note at the top of this page says why.
       *[options] You cannot propose options yet: the note at the top of this page says why.
      }
    [voters] { $about ->
        [criteria] Only people who can vote on this board can propose criteria.
       *[options] Only people who can vote on this board can propose options.
      }
   *[watching] { $about ->
        [criteria] You are only watching. People who take part can propose criteria.
       *[options] You are only watching. People who take part can propose options.
      }
  }
proposal-limit = { $max } of your proposals wait for the host. Take one back, or wait for an answer.

## On the shared screen

screen-proposals-more = { screen-proposals-rest }

## On the host's console

proposals-none = Nothing is proposed yet. People do it at the end of their ballot.
proposals-wait = Round { $n } is on, so accepting waits for the reveal. Merging and declining work now.
proposal-accept = Accept
proposal-merge = Merge
proposal-decline = Decline
proposal-accept-label = Accept the proposal { $name }
proposal-merge-label = Merge the proposal { $name }
proposal-decline-label = Decline the proposal { $name }
proposal-answer = { $does ->
    [accept] Make “{ $name }” an option
    [merge] Merge “{ $name }” into an option
    [accept_criterion] Make “{ $name }” a criterion
    [merge_criterion] Merge “{ $name }” into a criterion
   *[decline] Decline “{ $name }”
  }
proposal-word-hint = { $does ->
    [decline] Say why, in a word: only the person who proposed it reads it.
   *[accept] A word is optional: only the person who proposed it reads it.
  }
