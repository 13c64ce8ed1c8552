"""Asks several servers the same question at the same time."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from server.concurrency import tasks

QUICK = 0.25
"""Seconds in which servers usually answer. If most of them have, no one waits for the others."""
PATIENCE = 1.0
"""Seconds in which a server must answer."""

Answer = TypeVar("Answer")


async def ask_all(
    asks: Mapping[str, Coroutine[Any, Any, Answer | str]], *, whole: bool = False
) -> tuple[dict[str, Answer], dict[str, str]]:
    """Return the answers by the names of the servers, and the problems that were told in words.

    `whole` waits for each of them. Who has not answered in time is in neither.
    """
    begun = {name: tasks.begin("ask", ask) for name, ask in asks.items()}
    late = set(begun.values())
    said: dict[str, Answer | str] = {}
    answers: dict[str, Answer] = {}
    try:
        for seconds in (QUICK, PATIENCE):
            if late and (whole or 2 * len(answers) <= len(asks)):
                _, late = await asyncio.wait(late, timeout=seconds)
                # In the order of the questions: the same problems are told in the same words.
                said = {name: ask.result() for name, ask in begun.items() if ask.done()}
                answers = {name: each for name, each in said.items() if not isinstance(each, str)}
    finally:
        await tasks.end(late)
    return answers, {name: each for name, each in said.items() if isinstance(each, str)}
