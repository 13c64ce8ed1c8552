"""Withdraws the ballots of revoked invitations from the open round."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Refused
from server.domain.rounds import Round, State
from server.domain.rules import Names
from server.live.pending import Submissions
from server.live.time_slices import TimeSlice
from server.security.pseudonyms import Pseudonyms
from server.store.event_log import PAGE, EventLog
from server.store.node import StoreAwayError

AGAIN = 1.0
"""Seconds after which to retry if the store is away."""


class Revocations:
    """Withdraws what a revoked invitation has voted, including a vote that was still in flight.

    The log cannot do this by itself: in a secret round it does not know whose ballot is whose. So
    every process checks and withdraws; a second withdrawal changes nothing.

    A withdrawal next to a revocation reveals whose ballot it was. So if the result of a secret
    round is visible while it changes, the ballot stays, and the invitation is barred from the next
    round on. The text of a withdrawn ballot of a secret round is erased from the log.
    """

    def __init__(
        self,
        log: EventLog,
        pseudonyms: Pseudonyms,
        submissions: Submissions,
        barred: Callable[[], Iterable[str]],
    ) -> None:
        """`barred` returns the seats that have lost their invitation."""
        self._log = log
        self._seats = barred
        self._pseudonyms = pseudonyms
        self._submissions = submissions
        self._board: Board | None = None
        self._withdrawing: set[str] = set()
        """Voters whose withdrawal is pending."""
        self._withdrawn: set[str] = set()
        """Voters whose ballots must be erased from the log."""
        self._erasing: asyncio.Task[None] | None = None
        self._barred: set[str] = set()
        """Voters of the current round whose ballots must be withdrawn."""
        self._voters: dict[str, str] = {}
        """Seat to voter id in the current round."""
        self._round = 0

    def look(self, board: Board) -> None:
        """Find the ballots that must be withdrawn, and withdraw those that were cast."""
        current = board.round
        if board is not self._board:
            # Another history may not hold what was submitted.
            self._board, self._round = board, 0
            self._withdrawing.clear()
        if current and current.n != self._round:
            self._round = current.n
            self._voters = {}
        self._barred = set()
        if (
            current
            and current.state is State.OPEN
            and current.shows_who_voted(host_sees_results=board.settings.host_sees_results)
        ):
            self._barred = {
                self._voters.get(seat) or self._voter(board, current, seat)
                for seat in self._seats()
            }
        if not self._barred:
            # In a closed round a withdrawal no longer counts.
            self._withdrawing.clear()
        for voter in self._barred:
            self.voted(board, voter)

    def _voter(self, board: Board, current: Round, seat: str) -> str:
        voter = self._voters[seat] = self._pseudonyms.voter(seat, board.code, current)
        return voter

    def voted(self, board: Board, voter: str) -> None:
        """Note that a voter's ballot changed."""
        current = board.round
        if current is None or voter not in self._barred:
            return
        if voter in current.ballots:
            if voter in self._withdrawing:
                return
            self._withdrawing.add(voter)
            withdraw = act.Withdraw(round=current.n)
            self._submissions.submit(act.Entry(rules=act.RULES, by=voter, action=withdraw))
        elif voter in self._withdrawing:
            self._withdrawing.discard(voter)
            if current.settings.names is Names.SECRET:
                self._withdrawn.add(voter)
                if self._erasing is None:
                    self._erasing = tasks.supervise("erase", partial(self._erase, board.code))

    async def close(self) -> None:
        if self._erasing:
            await tasks.end((self._erasing,))

    async def _erase(self, code: str) -> None:
        """Erase the text of ballots. The withdrawals remain as their record.

        The log is read once for all revocations that arrive in the meantime: there may be hundreds.
        """
        while voters := set(self._withdrawn):
            after: int | None = 0
            while after is not None:
                try:
                    after = await self._erase_page(code, voters, after)
                except StoreAwayError:
                    await asyncio.sleep(AGAIN)
                except (Refused, act.UnreadableError):
                    after = None  # The board is gone along with its log, or it is withheld here.
            self._withdrawn -= voters
        self._erasing = None

    async def _erase_page(self, code: str, voters: set[str], after: int) -> int | None:
        """Erase in one page of the log; return the position to continue after, None at the end."""
        page = await self._log.read(code, after)
        votes = []
        async with TimeSlice() as share:
            for seq, _, payload in page.entries:
                await share.pause()
                if act.author(payload) in voters and isinstance(
                    act.decode(payload).action, act.Vote
                ):
                    votes.append(seq)
        if votes:
            self._log.erase(code, votes)
        return page.entries[-1][0] if len(page.entries) == PAGE else None
