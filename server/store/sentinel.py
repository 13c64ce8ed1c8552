"""Asks the sentinels of a store where its primary is.

redis-py's own `Sentinel.discover_master` believes the first sentinel that answers, one after the
other. A sentinel that was cut off still names the primary of before, so all are asked here, and the
newest configuration counts.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,  # noqa: A004
    NoPermissionError,
    RedisError,
    ResponseError,
)

from server.store.survey import PATIENCE, ask_all
from server.store_address import Place, SentinelAddress, sentinel_address, shown

LOOK = 5.0
"""Seconds between two questions whether the primary is still the same, if no one has announced
another.
"""
_SWITCHED = "+switch-master"


class NoPrimaryError(ConnectionError):
    """The sentinels name no primary that is up; the message says why, for each of them."""


class Answer(NamedTuple):
    """What one sentinel says about the primary."""

    place: Place
    epoch: int
    """Of its configuration: each failover has a higher one."""
    down: bool
    """Whether it considers the primary down."""
    quorum: int
    """How many sentinels must agree on that before a failover."""
    sentinels: int
    """How many sentinels it knows, itself included."""
    replicas: int
    can_fail_over: str = ""
    """Why there can be no failover now, in its own words; empty if there can."""


class Survey(NamedTuple):
    """What all sentinels said, by their addresses; for the others, what is wrong in words."""

    primary: str
    answers: Mapping[str, Answer]
    problems: Mapping[str, str]

    def places(self) -> list[Place]:
        """Return where the primary may be, most probable first. Raises NoPrimaryError.

        That is what the newest configuration says, and then what most sentinels say. What only a
        minority with an older configuration names is a primary of the past.
        """
        if not self.answers:
            raise NoPrimaryError(self.why())
        newest = max(self.answers.values(), key=lambda answer: answer.epoch).place
        votes = Counter(answer.place for answer in self.answers.values())
        most, count = votes.most_common(1)[0]
        found = [newest, most] if most != newest and 2 * count > votes.total() else [newest]
        up = {answer.place for answer in self.answers.values() if not answer.down}
        if not up.intersection(found):
            raise NoPrimaryError(
                f"The sentinels consider {self.primary!r} at {shown(newest)} down, and have not "
                "promoted a replica yet."
            )
        return [place for place in found if place in up]

    def why(self) -> str:
        """Return what is wrong with the sentinels that did not say where the primary is."""
        return " ".join(self.problems.values())


class Sentinels:
    """The sentinels of one primary."""

    def __init__(self, address: SentinelAddress) -> None:
        self.primary = address.primary
        options = dict(parse_url(address.at("sentinel", 0)))
        options["ssl"] = options.pop("connection_class", None) is SSLConnection
        for of_the_primary in ("host", "port", "db", "username", "password"):
            options.pop(of_the_primary, None)
        self._clients = {
            shown((host, port)): Redis(
                host=host,
                port=port,
                username=address.username or None,
                password=address.password or None,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
                **options,  # type: ignore[arg-type]
            )
            for host, port in address.sentinels
        }
        self._asking = asyncio.Lock()
        self._asked_at = -1.0
        self._last: Survey

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def now(self) -> Survey:
        """Ask all sentinels; callers that come meanwhile share the next answers."""
        came = asyncio.get_running_loop().time()
        async with self._asking:
            if self._asked_at < came:
                self._asked_at = asyncio.get_running_loop().time()
                self._last = await self.survey()
        return self._last

    async def survey(self, *, whole: bool = False) -> Survey:
        """Ask all sentinels; `whole` also whether they could fail over, and waits for each."""
        answers, problems = await ask_all(
            {name: self._ask(name, whole=whole) for name in self._clients}, whole=whole
        )
        for late in self._clients.keys() - answers.keys() - problems.keys():
            problems[late] = f"The sentinel {late} does not answer."
        return Survey(self.primary, answers, problems)

    async def _ask(self, name: str, *, whole: bool) -> Answer | str:
        """Return what a sentinel says, or what is wrong with it, in words."""
        client = self._clients[name]
        try:
            said = await client.sentinel_master(self.primary, return_responses=True)
            hindrance = await self._hindrance(client) if whole else ""
        except (RedisError, OSError) as error:
            if "No such master" not in str(error):
                return _in_words(name, error)
        else:
            state = cast("dict[str, Any]", said)
            return Answer(
                (state["ip"], state["port"]),
                state["config-epoch"],
                state["is_sdown"] or state["is_odown"] or not state["is_master"],
                state["quorum"],
                state["num-other-sentinels"] + 1,
                state["num-slaves"],
                hindrance,
            )
        try:
            known = ", ".join(map(repr, await client.sentinel_masters()))
        except (RedisError, OSError):
            known = ""
        others = f"; it knows {known}" if known else ""
        return f"The sentinel {name} knows no primary named {self.primary!r}{others}."

    async def _hindrance(self, client: "Redis") -> str:
        try:
            await client.sentinel_ckquorum(self.primary)
        except ResponseError as error:
            return str(error)
        return ""

    async def watch(self, look: Callable[[], Awaitable[None]]) -> None:
        """Await `look` whenever a sentinel announces that a primary was replaced, and now and then.

        It listens to one sentinel, and to another one as soon as that connection breaks.
        """
        while True:
            for client in random.sample(list(self._clients.values()), len(self._clients)):
                with contextlib.suppress(RedisError, OSError):
                    async with client.pubsub() as line:
                        await line.subscribe(_SWITCHED)
                        while True:
                            await look()
                            await line.get_message(timeout=LOOK)
            await look()
            await asyncio.sleep(random.uniform(0.5, 1) * PATIENCE)


def _in_words(name: str, error: Exception) -> str:
    words = str(error).strip().rstrip(".")
    if "unknown command" in words and "SENTINEL" in words.upper():
        return (
            f"{name} is a Redis or Valkey server and no sentinel: give the port of its sentinel, "
            "usually 26379, or the address of the server itself as redis://."
        )
    if isinstance(error, NoPermissionError):
        return (
            f"The sentinel {name} does not let its user ask ({words}): it needs +sentinel|master, "
            "+sentinel|masters, +sentinel|ckquorum, +subscribe and the channel +switch-master."
        )
    if isinstance(error, AuthenticationError) or "NOAUTH" in words or "AUTH <password>" in words:
        return (
            f"The sentinel {name} refuses the user or password ({words}): the sentinels have their "
            "own, at the end of the address as ?sentinel_password=…"
        )
    return f"The sentinel {name} cannot be asked ({words})."


def primary_url(url: str) -> str:
    """Return the address of the primary that a store's address leads to now.

    For commands of operators, outside an event loop. Raises NoPrimaryError.
    """
    survey = survey_of(url)
    address = sentinel_address(url)
    if survey is None or address is None:
        return url
    return address.at(*survey.places()[0])


def survey_of(url: str) -> Survey | None:
    """Ask all sentinels of a store's address thoroughly; None if it names none."""
    address = sentinel_address(url)
    return asyncio.run(_survey(address)) if address else None


async def _survey(address: SentinelAddress) -> Survey:
    sentinels = Sentinels(address)
    try:
        return await sentinels.survey(whole=True)
    finally:
        await sentinels.close()
