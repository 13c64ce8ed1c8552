"""The table `HANDLERS`: the handler for each kind of action.

A handler validates the action first, and raises `Refused` if it breaks a rule. It returns the
effect, which changes the board and cannot fail, so the same handler serves `Board.check` and
`Board.apply`. It is called with the board, the store's time in milliseconds, the seat that acts,
and the action.
"""

from collections.abc import Callable
from typing import Any

from server.domain import actions as act
from server.domain.changes import Effect
from server.domain.handlers.board import BOARD_HANDLERS
from server.domain.handlers.comments import COMMENT_HANDLERS
from server.domain.handlers.criteria import CRITERIA_HANDLERS
from server.domain.handlers.gates import GATE_HANDLERS
from server.domain.handlers.options import OPTION_HANDLERS
from server.domain.handlers.outcomes import OUTCOME_HANDLERS
from server.domain.handlers.proposals import PROPOSAL_HANDLERS
from server.domain.handlers.questions import QUESTION_HANDLERS
from server.domain.handlers.roles import ROLE_HANDLERS
from server.domain.handlers.rounds import ROUND_HANDLERS
from server.domain.state import BoardState

HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    **BOARD_HANDLERS,
    **OPTION_HANDLERS,
    **GATE_HANDLERS,
    **CRITERIA_HANDLERS,
    **PROPOSAL_HANDLERS,
    **ROUND_HANDLERS,
    **COMMENT_HANDLERS,
    **ROLE_HANDLERS,
    **OUTCOME_HANDLERS,
    **QUESTION_HANDLERS,
}
