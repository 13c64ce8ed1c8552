"""Every setting of the server, once: its name, type, unit, default, limits and help.

The options of the command line, the `STACKVOTE_…` environment variables and `docs/settings.md` are
made from the struct below. A flag takes precedence over the environment, and the environment over
the default.
"""

import difflib
import ipaddress
import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from server.sanitize.redaction import hide_password, redacted, redacted_url
from server.store_address import require_store_address, split_address, with_passwords
from server.words.catalogue import VARIABLE as LANGUAGE

PREFIX = "STACKVOTE_"
OWN_PATHS = {"api", "b", "healthz", "metrics", "readyz", "seen", "static"}
"""How the server's own paths begin. It strips the path of `public_url` if a proxy has not."""
_PATH_PART = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+")


class SettingsError(Exception):
    """A setting has an invalid value; the message names the setting and what is allowed."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings that a server was started with. Made by `load`, which also validates them."""

    host: Annotated[
        str,
        Meta(
            description="The address to listen on. If empty: all addresses of this machine, IPv4 "
            "and IPv6, because the phones in the room must reach it."
        ),
    ] = ""
    port: Annotated[
        int,
        Meta(ge=0, le=65535, description="The port to listen on; 0 picks a free one."),
    ] = 8888
    processes: Annotated[
        int,
        Meta(ge=1, le=256, description="The number of worker processes. One per core is plenty."),
    ] = 1
    data: Annotated[
        str,
        Meta(
            min_length=1,
            description="The folder of the embedded store and of the secret. By default it is in "
            "the current directory, so that each place you start in has its own boards, in plain "
            "sight, and a backup is a copy of one folder.",
        ),
    ] = ".stackvote"
    boards: Annotated[
        str | None,
        Meta(
            description="A folder with boards of your own, as .yaml or .yml files, to start votes "
            "from (docs/boards.md). If empty: only the boards that come with Stackvote are offered."
        ),
    ] = None
    brand: Annotated[
        str | None,
        Meta(
            description="A file with your own name, colours and logo (docs/brand.md), read when "
            "the server starts. If empty: those of Stackvote."
        ),
    ] = None
    redis_url: Annotated[
        str | None,
        Meta(
            description="A Redis or Valkey, version 7.0 or newer, as redis://, rediss:// or "
            "unix://, with user and password if it needs them: redis://user:password@host:6379/0. "
            "In a password, write / ? # @ % as %2F %3F %23 %40 %25; or give the path of a file "
            "with it, as redis://user@host:6379/0?password_file=/run/secrets/redis. With Sentinel: "
            "redis+sentinel://user:password@host,host,host/NAME/0, or rediss+sentinel://, where "
            "NAME is that of the primary; a password of the sentinels themselves follows as "
            "?sentinel_password=…. A cluster: redis+cluster://user:password@host,host,host, or "
            "rediss+cluster://, with some of its nodes. Set it in the environment: "
            "all users of this machine can see the options of a process. If empty: a private "
            "Valkey is started in the data folder."
        ),
    ] = None
    durability: Annotated[
        Literal["none", "local", "replica"],
        Meta(
            description="What an external store must have done before a vote is acknowledged: "
            "none, whatever it is configured to do; local, written to its disk (WAITAOF); "
            "replica, passed on to the number of replicas that `replicas` gives (WAIT). The "
            "embedded store always "
            "writes to disk first."
        ),
    ] = "none"
    replicas: Annotated[
        int,
        Meta(
            ge=1,
            le=100,
            description="With durability replica: how many replicas must have a vote before it "
            "is acknowledged. With fewer than the store has, a failover to another replica loses "
            "votes; with all of them, no vote is acknowledged while one is down.",
            extra_json_schema={"unit": "replicas"},
        ),
    ] = 1
    public_url: Annotated[
        str | None,
        Meta(
            description="The address under which people reach the server, such as "
            "https://vote.example.org or https://company.example/vote/; links and QR codes use it. "
            "If empty: this machine's addresses in its networks, among which a host can choose."
        ),
    ] = None
    secret_file: Annotated[
        str | None,
        Meta(
            description="The file with the secret that signs seats, mode 600, at least 32 bytes; "
            "the same on all machines that share a store. If empty: `secret` in the data folder. "
            "It is created if it is missing."
        ),
    ] = None
    tls_cert: Annotated[
        str | None,
        Meta(
            description="The file with the certificate and its chain, PEM. With this and "
            "`tls_key` the server speaks HTTPS itself; a proxy in front of it does that faster."
        ),
    ] = None
    tls_key: Annotated[
        str | None, Meta(description="The file with the certificate's private key, PEM.")
    ] = None
    proxy_headers: Annotated[
        bool,
        Meta(
            description="Trust X-Forwarded-For and X-Forwarded-Proto. Switch it on only behind a "
            "proxy that sets them itself; otherwise visitors can claim any address."
        ),
    ] = False
    trusted_origins: Annotated[
        tuple[str, ...],
        Meta(
            description="Other sites whose pages may act on boards here, separated by commas, "
            "such as https://intranet.example.org. Pages of `public_url` always may."
        ),
    ] = ()
    allowed_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="More names under which people or monitors reach the server, separated by "
            "commas, such as vote.example.org, .example.org (all names that end in it). It also "
            "answers to the host of `public_url`, to `localhost`, to this machine's name "
            "and to IP addresses; any other name gets 421."
        ),
    ] = ()
    metrics_from: Annotated[
        tuple[str, ...],
        Meta(
            description="The networks from which `/metrics` may be read, separated by commas, "
            "such as 127.0.0.1, ::1, 10.0.0.0/8. If empty: only from this machine, directly and "
            "not through a proxy."
        ),
    ] = ()
    retention_days: Annotated[
        int,
        Meta(
            ge=1,
            le=3650,
            description="A board that has not been opened or changed for this long is deleted, "
            "after it has been overdue for a week of running time.",
            extra_json_schema={"unit": "days"},
        ),
    ] = 90
    message_rate: Annotated[
        float,
        Meta(
            gt=0,
            le=10_000,
            description="How many messages one seat may send to one worker process, sustained.",
            extra_json_schema={"unit": "messages per second"},
        ),
    ] = 20
    message_burst: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="How many messages one seat may send to one worker process in a burst.",
            extra_json_schema={"unit": "messages"},
        ),
    ] = 60
    tally_window: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="How long votes are collected into one tally. 0: just long enough that "
            "sending takes no more than a third of the time, 20 to 250 ms.",
            extra_json_schema={"unit": "milliseconds"},
        ),
    ] = 0
    board_rate: Annotated[
        float,
        Meta(
            gt=0,
            le=100_000,
            description="How many boards may be created from one network address, across all "
            "processes of a server.",
            extra_json_schema={"unit": "boards per minute"},
        ),
    ] = 30
    max_connections: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="How many live connections one worker process accepts.",
            extra_json_schema={"unit": "connections per process"},
        ),
    ] = 20_000
    drain_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description="How long a stopping worker takes to close its connections.",
            extra_json_schema={"unit": "seconds"},
        ),
    ] = 10
    dev: Annotated[
        bool,
        Meta(
            description="For those who work on Stackvote: also serve `/design`, which shows every "
            "component of the pages in each of its states."
        ),
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The lowest level that is logged."),
    ] = "info"
    log_format: Annotated[
        Literal["text", "json"],
        Meta(description="Lines for people, or one JSON object per line for a log collector."),
    ] = "text"

    @property
    def data_dir(self) -> Path:
        """The folder of the embedded store, and of other files that must survive a restart."""
        return Path(self.data)

    @property
    def secret_path(self) -> Path:
        """The path of the secret; `server.security.secret.load` reads it."""
        return Path(self.secret_file) if self.secret_file else self.data_dir / "secret"

    def hide_secrets(self) -> None:
        """Never show a password of these settings in this process from now on."""
        if self.redis_url is not None:
            hide_password(self.redis_url)

    def redacted(self) -> dict[str, Any]:
        """Return all settings in a form that is safe to show, without the store's password."""
        shown = msgspec.structs.asdict(self)
        if self.redis_url is not None:
            shown["redis_url"] = redacted_url(self.redis_url)
        return shown

    def __repr__(self) -> str:
        # A traceback or a log line must not reveal the password.
        return f"Settings({', '.join(f'{k}={v!r}' for k, v in self.redacted().items())})"


class Setting(NamedTuple):
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
        """The allowed values, in words."""
        return _allowed(self.type)


def _all_settings() -> tuple[Setting, ...]:
    struct = msgspec.inspect.type_info(Settings)
    hints = typing.get_type_hints(Settings, include_extras=True)
    found = []
    for field in typing.cast("msgspec.inspect.StructType", struct).fields:
        meta: Meta = hints[field.name].__metadata__[0]
        type_ = field.type.type if isinstance(field.type, msgspec.inspect.Metadata) else field.type
        unit = (meta.extra_json_schema or {}).get("unit")
        found.append(Setting(field.name, type_, field.default, meta.description or "", unit))
    return tuple(found)


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


SETTINGS = _all_settings()


def load(flags: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Load the settings from the given flags and the environment.

    `flags` is keyed by field name. An empty environment variable counts as unset, because a compose
    file passes undefined variables that way. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if (flag := flags.get(setting.name)) is not None:
            source, text = setting.flag, flag
        elif variable := environ.get(setting.environment):
            source, text = setting.environment, variable
        else:
            continue
        try:
            values[setting.name] = _CHECKS.get(setting.name, _same)(_convert(setting, text))
        except ValueError as error:
            shown = redacted_url(text) if setting.name == "redis_url" else redacted(text)
            raise SettingsError(f"{source} is {shown!r}, but must be {error}.") from None
    values["data"] = str(Path(values.get("data", Settings().data)).expanduser().absolute())
    for name in ("secret_file", "tls_cert", "tls_key", "boards", "brand"):
        if given := values.get(name):
            values[name] = str(Path(given).expanduser().absolute())
    settings = Settings(**values)
    if settings.durability != "none" and settings.redis_url is None:
        raise SettingsError(
            f"durability is {settings.durability!r}, which needs your own store (--redis-url): "
            "the embedded one always writes to disk before it answers."
        )
    if settings.replicas > 1 and settings.durability != "replica":
        raise SettingsError(
            f"replicas is {settings.replicas}, but no vote waits for them: set --durability "
            "replica."
        )
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingsError("--tls-cert and --tls-key go together: give both, or neither.")
    return settings


def unknown_names(environ: Mapping[str, str]) -> dict[str, str | None]:
    """Return unknown names with our prefix, each with the name that was probably meant."""
    known = [*(setting.environment for setting in SETTINGS), LANGUAGE]
    return {
        name: next(iter(difflib.get_close_matches(name, known, 1, cutoff=0.8)), None)
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    }


def _convert(setting: Setting, text: str) -> Any:
    if isinstance(setting.type, msgspec.inspect.VarTupleType):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    hint = typing.get_type_hints(Settings, include_extras=True)[setting.name]
    try:
        return msgspec.convert(text.strip(), hint, strict=False)
    except msgspec.ValidationError:
        raise ValueError(setting.allowed) from None


def _same(value: Any) -> Any:
    return value


def _check_origin(text: str) -> str:
    parts = split_address(text)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
        raise ValueError("http:// or https:// and a host, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _check_public_url(text: str) -> str:
    parts = split_address(text)
    bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
        raise ValueError("http:// or https:// and a host, without a path or with one such as /vote")
    path = parts.path.rstrip("/")
    names = path.split("/")[1:]
    if not all(_PATH_PART.fullmatch(name) for name in names):
        raise ValueError("an address whose path has only letters, digits and . _ ~ - in its parts")
    if names and names[0] in OWN_PATHS:
        raise ValueError(
            f"an address without a path, or with one that does not begin with /{names[0]}, as "
            "paths of the server itself do"
        )
    return f"{parts.scheme}://{parts.netloc}{path}"


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
    "public_url": _check_public_url,
    "redis_url": lambda address: require_store_address(with_passwords(address)),
    "trusted_origins": lambda origins: tuple(_check_origin(origin) for origin in origins),
    "allowed_hosts": lambda names: tuple(_check_name(name) for name in names),
    "metrics_from": lambda networks: tuple(_check_network(network) for network in networks),
}
