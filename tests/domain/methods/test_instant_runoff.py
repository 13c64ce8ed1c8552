from server.domain.methods.instant_runoff import instant_runoff


def test_votes_move_on_to_who_is_next_on_the_ballot():
    order, rounds = instant_runoff({((0,), (1,)): 4, ((1,),): 3, ((2,), (1,)): 2}, 3)
    assert rounds == [{0: 4, 1: 3, 2: 2}, {0: 4, 1: 5}]
    assert order == [[1], [0], [2]]


def test_who_ties_for_the_fewest_drops_out_together():
    order, rounds = instant_runoff({((0,),): 3, ((1,), (2,)): 1, ((2,), (1,)): 1}, 3)
    assert rounds == [{0: 3, 1: 1, 2: 1}]
    assert order == [[0], [1, 2]]


def test_who_is_left_with_equal_votes_ties_for_the_win():
    order, rounds = instant_runoff({((0,),): 2, ((1,),): 2, ((2,),): 1}, 3)
    assert rounds == [{0: 2, 1: 2, 2: 1}, {0: 2, 1: 2}]
    assert order == [[0, 1], [2]]


def test_a_ballot_counts_for_all_in_its_group_and_moves_on_when_the_last_is_out():
    ballots = {((0, 1), (2,)): 2, ((2,),): 3, ((3,), (0,)): 2, ((1,),): 1}
    order, rounds = instant_runoff(ballots, 4)
    # The first two lose their third voter's hope, then Option 1, and still count for Option 0.
    assert rounds == [{0: 2, 1: 3, 2: 3, 3: 2}, {1: 3, 2: 3}]
    assert order == [[1, 2], [0, 3]]
    moved = {((0, 1), (2,)): 2, ((2,),): 5, ((3,),): 4}
    order, rounds = instant_runoff(moved, 4)
    assert rounds[1] == {2: 7, 3: 4}


def test_a_ballot_that_has_nobody_left_counts_no_more():
    _, rounds = instant_runoff({((0,),): 1, ((1,),): 2, ((2,),): 3, (): 9}, 3)
    assert rounds == [{0: 1, 1: 2, 2: 3}, {1: 2, 2: 3}]
