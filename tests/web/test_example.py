from server.web.example import example


def test_the_example_is_counted_and_has_one_winner():
    shown = example()
    assert shown.round.state == "revealed"
    assert len(shown.board.options) == 4
    result = shown.tally.result
    assert shown.tally.voters == 12
    assert [len(group) for group in result.order] == [1, 1, 1, 1]
    (winner,) = result.winners
    assert result.totals[winner] == max(result.totals.values()) > 12 / 2
