"""Ballots of invitations that were taken back: they leave the round that is open."""

from server.domain import actions as act
from server.domain.board import Board
from server.domain.rounds import State
from server.live.pseudonyms import Pseudonyms
from server.live.submissions import Submissions


class Revocations:
    """Withdraws what a revoked invitation has voted, also what was still on its way then.

    The log cannot do it by itself: in a secret round it does not know whose ballot is whose. So
    every process looks, and withdraws; what comes second changes nothing.

    Where somebody sees the result of a secret round move, the ballot stays: one that left just
    as its invitation was taken back would be given away. The next round is without it.
    """

    def __init__(self, pseudonyms: Pseudonyms, submissions: Submissions) -> None:
        self._pseudonyms = pseudonyms
        self._submissions = submissions
        self._barred: set[str] = set()
        """Voters of the current round whose ballots are not to stay."""

    def look(self, board: Board) -> None:
        """Look whose ballots are not to stay, and withdraw those that are in."""
        current = board.round
        self._barred = set()
        if (
            current
            and current.state is State.OPEN
            and current.shows_who_voted(host_sees_results=board.settings.host_sees_results)
        ):
            self._barred = {
                self._pseudonyms.voter(
                    self._pseudonyms.invited(invite, board.code), board.code, current
                )
                for invite in board.invitations.revoked
            }
        for voter in self._barred:
            self.voted(board, voter)

    def voted(self, board: Board, voter: str) -> None:
        """Take note that somebody's ballot changed."""
        current = board.round
        if voter in self._barred and current and voter in current.ballots:
            withdraw = act.Withdraw(round=current.n)
            self._submissions.submit(act.Entry(by=voter, action=withdraw))
