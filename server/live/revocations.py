"""Ballots of invitations that were taken back: they leave the round that is open."""

import asyncio
from functools import partial

from server import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Refused
from server.domain.rounds import Round, State
from server.domain.rules import Names
from server.live.pseudonyms import Pseudonyms
from server.live.seats import seats_of
from server.live.shares import Share
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
        self._board: Board | None = None
        self._withdrawing: set[str] = set()
        """Voters whose withdrawal is on its way."""
        self._withdrawn: set[str] = set()
        """Voters whose ballots are to be erased from the log."""
        self._erasing: asyncio.Task[None] | None = None
        self._barred: set[str] = set()
        """Voters of the current round whose ballots are not to stay."""
        self._voters: dict[str, str] = {}
        """Of the current round: seat to the name under which its ballot counts."""
        self._round = 0

    def look(self, board: Board) -> None:
        """Look whose ballots are not to stay, and withdraw those that are in."""
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
                for invite in board.invitations.revoked
                for seat in seats_of(board, self._pseudonyms, invite)
            }
        if not self._barred:
            # In a round that is closed no withdrawal counts any more.
            self._withdrawing.clear()
        for voter in self._barred:
            self.voted(board, voter)

    def _voter(self, board: Board, current: Round, seat: str) -> str:
        voter = self._voters[seat] = self._pseudonyms.voter(seat, board.code, current)
        return voter

    def voted(self, board: Board, voter: str) -> None:
        """Take note that somebody's ballot changed."""
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
        """Erase what ballots said. The withdrawals stay, and stand for them.

        The log is read once for all who are taken back meanwhile: there may be hundreds.
        """
        while voters := set(self._withdrawn):
            after: int | None = 0
            while after is not None:
                try:
                    after = await self._erase_page(code, voters, after)
                except StoreAwayError:
                    await asyncio.sleep(AGAIN)
                except (Refused, act.UnreadableError):
                    after = None  # The board is gone, and its log with it; or it is withheld here.
            self._withdrawn -= voters
        self._erasing = None

    async def _erase_page(self, code: str, voters: set[str], after: int) -> int | None:
        """Erase in one page of the log; give the position to go on behind, None at the end."""
        page = await self._log.read(code, after)
        votes = []
        async with Share() as share:
            for seq, _, payload in page.entries:
                await share.pause()
                if act.author(payload) in voters and isinstance(
                    act.decode(payload).action, act.Vote
                ):
                    votes.append(seq)
        if votes:
            self._log.erase(code, votes)
        return page.entries[-1][0] if len(page.entries) == PAGE else None
