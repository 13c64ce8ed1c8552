"""Every knob of the server, once: its name, type, unit, default, limits and help.

The options of the command line, the `STACKVOTE_…` names of the environment and
`docs/settings.md` are made from the struct below. A flag comes before the environment, the
environment before the default.
"""

import difflib
import ipaddress
import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Meta

from server.redaction import hide_password, redacted, redacted_url

PREFIX = "STACKVOTE_"


class SettingsError(Exception):
    """A knob has a value that it cannot have; the message names the knob and what is allowed."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a server was started with. Read with `load`, which also checks it."""

    host: Annotated[
        str,
        Meta(
            description="The address to listen on. Left empty: all of this machine's, IPv4 and "
            "IPv6, because the phones in the room must reach it."
        ),
    ] = ""
    port: Annotated[
        int,
        Meta(ge=0, le=65535, description="The port to listen on; 0 takes one that is free."),
    ] = 8888
    processes: Annotated[
        int,
        Meta(ge=1, le=256, description="How many worker processes serve. One a core is plenty."),
    ] = 1
    data: Annotated[
        str,
        Meta(
            min_length=1,
            description="The folder of the embedded store and of the secret. It is in the current "
            "directory unless you say otherwise, so that each place you start in has boards of "
            "its own, in sight, and a backup is a copy of one folder.",
        ),
    ] = ".stackvote"
    boards: Annotated[
        str | None,
        Meta(
            description="A folder with boards of your own, as .yaml or .yml files, to start votes "
            "from (docs/boards.md). Left empty: only those that come along are offered."
        ),
    ] = None
    redis_url: Annotated[
        str | None,
        Meta(
            description="A Redis or Valkey from version 7.0 on, as redis://, rediss:// or unix://, "
            "with user and password where it asks for them: redis://user:password@host:6379/0. In "
            "a password / ? # @ % are written as %2F %3F %23 %40 %25. Give it by the environment: "
            "all users of this machine can see the options of a process. Left empty: a private "
            "Valkey is started in the data folder."
        ),
    ] = None
    durability: Annotated[
        Literal["none", "local", "replica"],
        Meta(
            description="What an external store must have done before a vote is acknowledged: "
            "none, whatever it is set up to do; local, written to its disk (WAITAOF); replica, "
            "passed on to as many replicas as `replicas` says (WAIT). The embedded store always "
            "writes to disk first."
        ),
    ] = "none"
    replicas: Annotated[
        int,
        Meta(
            ge=1,
            le=100,
            description="With durability replica: how many replicas have a vote before it is "
            "acknowledged. With fewer than the store has, a failover to another one loses votes; "
            "with all of them, no vote is acknowledged while one is away.",
            extra_json_schema={"unit": "replicas"},
        ),
    ] = 1
    public_url: Annotated[
        str | None,
        Meta(
            description="The address under which people reach the server, such as "
            "https://vote.example.org; links and QR codes carry it. Left empty: this machine's "
            "address in its network."
        ),
    ] = None
    secret_file: Annotated[
        str | None,
        Meta(
            description="The file with the secret that signs seats, mode 600, at least 32 bytes; "
            "the same on all machines that share a store. Left empty: `secret` in the data "
            "folder. It is made where it is missing."
        ),
    ] = None
    tls_cert: Annotated[
        str | None,
        Meta(
            description="The file with the certificate and its chain, PEM. With it and `tls_key` "
            "the server speaks HTTPS itself; a proxy before it does that faster."
        ),
    ] = None
    tls_key: Annotated[
        str | None, Meta(description="The file with the key of the certificate, PEM.")
    ] = None
    proxy_headers: Annotated[
        bool,
        Meta(
            description="Believe X-Forwarded-For and X-Forwarded-Proto. Switch it on only behind "
            "a proxy that sets them itself, else a visitor can claim any address."
        ),
    ] = False
    trusted_origins: Annotated[
        tuple[str, ...],
        Meta(
            description="Other sites whose pages may act on boards here, separated by commas, "
            "such as https://intranet.example.org."
        ),
    ] = ()
    allowed_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="More names under which people or monitors reach the server, separated by "
            "commas, such as vote.example.org, .example.org (all names that end so). Besides "
            "these it answers to the host of `public_url`, to `localhost`, to this machine's name "
            "and to addresses in numbers; any other name gets 421."
        ),
    ] = ()
    metrics_from: Annotated[
        tuple[str, ...],
        Meta(
            description="The networks from which `/metrics` may be read, separated by commas, such "
            "as 127.0.0.1, ::1, 10.0.0.0/8. Left empty: from this machine alone, asked directly "
            "and not through a proxy."
        ),
    ] = ()
    retention_days: Annotated[
        int,
        Meta(
            ge=1,
            le=3650,
            description="A board that nobody has opened or changed for so long is deleted, after "
            "it was seen to be overdue for a week of running time.",
            extra_json_schema={"unit": "days"},
        ),
    ] = 90
    message_rate: Annotated[
        float,
        Meta(
            gt=0,
            le=10_000,
            description="How many messages one seat may send, lastingly, to one worker process.",
            extra_json_schema={"unit": "messages a second"},
        ),
    ] = 20
    message_burst: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="How many messages one seat may send at once, to one worker process.",
            extra_json_schema={"unit": "messages"},
        ),
    ] = 60
    tally_window: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="How long votes are gathered into one tally. 0: as long as it takes for "
            "sending to need no more than a third of the time, 20 to 250 ms.",
            extra_json_schema={"unit": "milliseconds"},
        ),
    ] = 0
    board_rate: Annotated[
        float,
        Meta(
            gt=0,
            le=100_000,
            description="How many boards may be made from one network address, over all processes "
            "of a server.",
            extra_json_schema={"unit": "boards a minute"},
        ),
    ] = 30
    max_connections: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="How many live connections one worker process takes on.",
            extra_json_schema={"unit": "connections a process"},
        ),
    ] = 20_000
    drain_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description="How long a worker that is told to stop takes to send its people away.",
            extra_json_schema={"unit": "seconds"},
        ),
    ] = 10
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least weighty line that is logged."),
    ] = "info"
    log_format: Annotated[
        Literal["text", "json"],
        Meta(description="Lines for people, or one JSON object a line for a log collector."),
    ] = "text"

    @property
    def data_dir(self) -> Path:
        """Where the embedded store and what else must outlive a restart lie."""
        return Path(self.data)

    @property
    def secret_path(self) -> Path:
        """Where the secret lies; `server.secret.load` reads it."""
        return Path(self.secret_file) if self.secret_file else self.data_dir / "secret"

    def hide_secrets(self) -> None:
        """See to it that this process shows no password of these settings from now on."""
        if self.redis_url is not None:
            hide_password(self.redis_url)

    def redacted(self) -> dict[str, Any]:
        """Give all settings as they may be shown: without the store's password."""
        shown = msgspec.structs.asdict(self)
        if self.redis_url is not None:
            shown["redis_url"] = redacted_url(self.redis_url)
        return shown

    def __repr__(self) -> str:
        # A traceback or a log line must not give the password away.
        return f"Settings({', '.join(f'{k}={v!r}' for k, v in self.redacted().items())})"


class Knob(NamedTuple):
    """One setting, as the command line and the documentation show it."""

    name: str
    type: msgspec.inspect.Type
    default: Any
    help: str
    unit: str | None

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def environment(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def is_switch(self) -> bool:
        return isinstance(self.type, msgspec.inspect.BoolType)

    @property
    def allowed(self) -> str:
        """What the value may be, in words."""
        return _allowed(self.type)


def _knobs() -> tuple[Knob, ...]:
    struct = msgspec.inspect.type_info(Settings)
    hints = typing.get_type_hints(Settings, include_extras=True)
    knobs = []
    for field in typing.cast("msgspec.inspect.StructType", struct).fields:
        meta: Meta = hints[field.name].__metadata__[0]
        type_ = field.type.type if isinstance(field.type, msgspec.inspect.Metadata) else field.type
        unit = (meta.extra_json_schema or {}).get("unit")
        knobs.append(Knob(field.name, type_, field.default, meta.description or "", unit))
    return tuple(knobs)


def _allowed(type_: msgspec.inspect.Type) -> str:
    match type_:
        case msgspec.inspect.IntType():
            return f"a whole number from {type_.ge} to {type_.le}"
        case msgspec.inspect.FloatType():
            least = f"above {type_.gt:g}" if type_.gt is not None else f"from {type_.ge:g}"
            return f"a number {least} up to {type_.le:g}"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.LiteralType():
            return " or ".join(str(value) for value in type_.values)
        case msgspec.inspect.VarTupleType():
            return "a list, separated by commas"
        case _:
            return "text"


KNOBS = _knobs()


def load(flags: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Read the settings from the flags that were given and the environment.

    `flags` goes by field name. An empty value in the environment counts as not given, which
    is what a compose file makes of a name that is not set. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    for knob in KNOBS:
        if (flag := flags.get(knob.name)) is not None:
            source, text = knob.flag, flag
        elif variable := environ.get(knob.environment):
            source, text = knob.environment, variable
        else:
            continue
        try:
            values[knob.name] = _CHECKS.get(knob.name, _same)(_convert(knob, text))
        except ValueError as error:
            shown = redacted_url(text) if knob.name == "redis_url" else redacted(text)
            raise SettingsError(f"{source} is {shown!r}, but must be {error}.") from None
    values["data"] = str(Path(values.get("data", Settings().data)).expanduser().absolute())
    for name in ("secret_file", "tls_cert", "tls_key", "boards"):
        if given := values.get(name):
            values[name] = str(Path(given).expanduser().absolute())
    settings = Settings(**values)
    if settings.durability != "none" and settings.redis_url is None:
        raise SettingsError(
            f"durability is {settings.durability!r}, which is for a store of your own "
            "(--redis-url): the embedded one always writes to disk before it answers."
        )
    if settings.replicas > 1 and settings.durability != "replica":
        raise SettingsError(
            f"replicas is {settings.replicas}, but no vote waits for any: say --durability replica."
        )
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingsError("--tls-cert and --tls-key go together: give both, or neither.")
    return settings


def unknown_names(environ: Mapping[str, str]) -> dict[str, str | None]:
    """Find names that look like ours but are none, each with the one probably meant."""
    known = [knob.environment for knob in KNOBS]
    return {
        name: next(iter(difflib.get_close_matches(name, known, 1, cutoff=0.8)), None)
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    }


def _convert(knob: Knob, text: str) -> Any:
    if isinstance(knob.type, msgspec.inspect.VarTupleType):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    hint = typing.get_type_hints(Settings, include_extras=True)[knob.name]
    try:
        return msgspec.convert(text.strip(), hint, strict=False)
    except msgspec.ValidationError:
        raise ValueError(knob.allowed) from None


def _same(value: Any) -> Any:
    return value


def _check_origin(text: str) -> str:
    parts = _split(text)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
        raise ValueError("http:// or https:// and a host, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _check_redis_url(text: str) -> str:
    try:
        _require_store(text)
    except ValueError:
        credentials = text.partition("://")[2].rpartition("@")[0]
        if odd := [sign for sign in "/?#" if sign in credentials]:
            raise ValueError(
                f"written with {' '.join(map(_encoded, odd))} for {' '.join(odd)} in the user or "
                "the password, else it cannot be told where they end"
            ) from None
        raise
    return text


def _require_store(text: str) -> None:
    parts = _split(text)
    if parts.scheme == "unix":
        reachable = bool(parts.path) and (not parts.netloc or "@" in parts.netloc)
    else:
        reachable = bool(parts.hostname) and not parts.fragment
    if parts.scheme not in {"redis", "rediss", "unix"} or not reachable:
        raise ValueError("redis://host:port/0, rediss://host:port/0 or unix:///path/to/socket")
    if parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path):
        raise ValueError("an address that ends with the number of a database, such as /0")
    if parts.query and not re.fullmatch(r"([a-z_]+=[^&]*&?)*", parts.query):
        raise ValueError("an address whose ? is followed by parameters, such as ?db=0")


def _encoded(sign: str) -> str:
    return f"%{ord(sign):02X}"


def _split(text: str) -> SplitResult:
    """Take an address apart. Raises ValueError, with words, where it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("an address with a valid host and port") from None
    return parts


def _check_host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:%_-]+", text):
        raise ValueError("a host name or an address without a port")
    return text


def _check_name(text: str) -> str:
    name = text.lower().removesuffix(".")
    if not re.fullmatch(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise ValueError(
            "names such as vote.example.org or .example.org, without a port, separated by commas"
        )
    return name


def _check_network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError(
            "addresses and networks such as 10.0.0.7 or 10.0.0.0/8, separated by commas"
        ) from None


_CHECKS: dict[str, typing.Callable[[Any], Any]] = {
    "host": _check_host,
    "public_url": _check_origin,
    "redis_url": _check_redis_url,
    "trusted_origins": lambda origins: tuple(_check_origin(origin) for origin in origins),
    "allowed_hosts": lambda names: tuple(_check_name(name) for name in names),
    "metrics_from": lambda networks: tuple(_check_network(network) for network in networks),
}
