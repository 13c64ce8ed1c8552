"""Ballots of invitations that were taken back: they leave the round that is open."""

import asyncio

from server import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Refused
from server.domain.rounds import State
from server.domain.rules import Names
from server.live.pseudonyms import Pseudonyms
from server.live.seats import seats_of
from server.live.submissions import Submissions
from server.log.log import PAGE, Log
from server.log.store import StoreAwayError

AGAIN = 1.0
"""Seconds after which it is tried again where the store is away."""


class Revocations:
    """Withdraws what a revoked invitation has voted, also what was still on its way then.

    The log cannot do it by itself: in a secret round it does not know whose ballot is whose. So
    every process looks, and withdraws; what comes second changes nothing.

    A withdrawal beside a revocation tells whose it was. So where the result of a secret round is
    seen to move, the ballot stays, and the next round is without it; and what a withdrawn ballot
    of a secret round said is erased from the log.
    """

    def __init__(self, log: Log, pseudonyms: Pseudonyms, submissions: Submissions) -> None:
        self._log = log
        self._pseudonyms = pseudonyms
        self._submissions = submissions
        self._withdrawing: set[str] = set()
        self._erasing: set[asyncio.Task[None]] = set()
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
                self._pseudonyms.voter(seat, board.code, current)
                for invite in board.invitations.revoked
                for seat in seats_of(board, self._pseudonyms, invite)
            }
        for voter in self._barred:
            self.voted(board, voter)

    def voted(self, board: Board, voter: str) -> None:
        """Take note that somebody's ballot changed."""
        current = board.round
        if current is None or voter not in self._barred:
            return
        if voter in current.ballots:
            self._withdrawing.add(voter)
            withdraw = act.Withdraw(round=current.n)
            self._submissions.submit(act.Entry(rules=act.RULES, by=voter, action=withdraw))
        elif voter in self._withdrawing:
            self._withdrawing.discard(voter)
            if current.settings.names is Names.SECRET:
                erasing = asyncio.create_task(self._erase(board.code, voter))
                self._erasing.add(erasing)
                erasing.add_done_callback(self._erasing.discard)

    async def close(self) -> None:
        await tasks.end(self._erasing)

    async def _erase(self, code: str, voter: str) -> None:
        """Erase what a voter's ballots said. The withdrawal stays, and stands for them."""
        after: int | None = 0
        while after is not None:
            try:
                after = await self._erase_page(code, voter, after)
            except StoreAwayError:
                await asyncio.sleep(AGAIN)
            except (Refused, act.UnreadableError):
                return  # The board is gone, and its log with it; or it is withheld here.

    async def _erase_page(self, code: str, voter: str, after: int) -> int | None:
        """Erase in one page of the log; give the position to go on behind, None at the end."""
        page = await self._log.read(code, after)
        entries = [(seq, act.decode(payload)) for seq, _, payload in page.entries]
        votes = [
            seq
            for seq, entry in entries
            if entry.by == voter and isinstance(entry.action, act.Vote)
        ]
        if votes:
            self._log.erase(code, votes)
        return entries[-1][0] if len(entries) == PAGE else None
