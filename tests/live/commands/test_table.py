from typing import get_args, get_type_hints

import pytest

from server.domain import actions as act
from server.live.commands.table import AnyRequest

IN_A_ROUND = [
    each for each in get_args(AnyRequest) if not each.for_host and "round" in each.__struct_fields__
]


@pytest.mark.parametrize("request_", IN_A_ROUND, ids=lambda each: each.__name__)
def test_what_a_voter_does_in_a_round_is_logged_under_the_name_of_the_round(request_):
    """A seat in the log of a secret round would tell who voted."""
    assert get_type_hints(request_.action)["return"] in get_args(act.ByVoter)


def test_every_action_of_a_voter_comes_from_a_request():
    logged = {get_type_hints(request_.action)["return"] for request_ in IN_A_ROUND}
    assert logged == set(get_args(act.ByVoter))
