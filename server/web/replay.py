"""The replay of a meeting: a page to play it on, and what it plays, for those who know the code."""

from server.domain.actions import Kind
from server.domain.methods import METHODS
from server.domain.record import is_worth_recording
from server.domain.replay import Replay
from server.live.create_board import show_code
from server.web.errors import refusals_answered
from server.web.handler import Access, Handler
from server.web.operations import operation


class ReplayPage(Handler):
    """The page; its script requests the replay."""

    access = Access.ANYONE
    is_replayed = True

    async def get(self, typed: str) -> None:
        room = await self.room_of_page(typed, "/replay")
        if room is not None:
            self.render(
                "replay.html",
                board=room.board,
                code_shown=show_code(room.code),
                kinds=Kind,
                methods=METHODS.values(),
                recorded=is_worth_recording(room.board),
            )


class ReplayJson(Handler):
    """What the page plays."""

    access = Access.ANYONE
    is_compressed = True
    is_replayed = True

    @operation()
    async def get(self, typed: str) -> Replay:
        """Get a meeting as a series of changes: rounds that were revealed, and comments, each with
        its time.
        """
        room = await self.room(typed)
        with refusals_answered():
            return await room.retelling.replay()


routes = [
    (r"/b/([^/]+)/replay", ReplayPage),
    (r"/api/boards/([^/]+)/replay", ReplayJson),
]
