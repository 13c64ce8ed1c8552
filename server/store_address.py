"""The address of a store: what `redis_url` may be, and what one of several servers says."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

Place = tuple[str, int]
"""Host and port."""
SENTINEL_PORT, CLUSTER_PORT = 26379, 6379
EXAMPLE = "redis+sentinel://host,host,host/mymaster/0"
CLUSTER_EXAMPLE = "redis+cluster://host,host,host"
_WITH_SENTINELS = re.compile(r"(rediss?)\+sentinel://(.*)", re.DOTALL)
_OF_A_CLUSTER = re.compile(r"(rediss?)\+cluster://(.*)", re.DOTALL)
_NAME = re.compile(r"[\w.-]+", re.ASCII)
"""What Sentinel itself accepts as the name of a primary."""
_OWN = dict.fromkeys(("sentinel_username", "sentinel_password"), ".*")
"""Parameters that are for the sentinels alone, and what they can be."""
_ANY = {"db": r"\d+", **dict.fromkeys(("username", "password"), ".*"), "protocol": "[23]"}
"""Parameters of every address."""
_TLS = {
    **dict.fromkeys(("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_password"), ".+"),
    "ssl_check_hostname": "true|false",
    "ssl_cert_reqs": "required|none",
}


class SentinelAddress(NamedTuple):
    """An address that leads to a primary by way of its sentinels."""

    sentinels: tuple[tuple[str, int], ...]
    """Host and port of each."""
    primary: str
    """The name under which they know the primary."""
    username: str
    """For the sentinels; the primary's user is in its own address. Empty if there is none."""
    password: str
    scheme: str
    credentials: str
    """For the primary, encoded; with the `@` at the end unless it is empty."""
    database: str
    query: str

    def at(self, host: str, port: int) -> str:
        """Return the address of a primary that is there, as redis-py reads it."""
        return _plain(self.scheme, self.credentials, (host, port), self.database, self.query)


class ClusterAddress(NamedTuple):
    """An address that leads to a cluster by way of some of its nodes."""

    nodes: tuple[tuple[str, int], ...]
    """Host and port of each; the others are learned from them."""
    scheme: str
    credentials: str
    """For every node, encoded; with the `@` at the end unless it is empty."""
    query: str

    def at(self, host: str, port: int) -> str:
        """Return the address of a node that is there, as redis-py reads it."""
        return _plain(self.scheme, self.credentials, (host, port), "0", self.query)

    def url_of(self, name: str) -> str:
        """Return the address of a node of that host and port, as written in an address."""
        host, _, port = name.rpartition(":")
        return self.at(host.strip("[]"), int(port))


def _plain(scheme: str, credentials: str, place: Place, database: str, query: str) -> str:
    more = f"?{query}" if query else ""
    return f"{scheme}://{credentials}{shown(place)}/{database}{more}"


def shown(place: Place) -> str:
    """Return a place as it is written in an address."""
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def sentinel_address(url: str) -> SentinelAddress | None:
    """Parse an address with sentinels; None for any other. Raises ValueError, in words."""
    found = _WITH_SENTINELS.fullmatch(url)
    if found is None:
        return None
    wanted = f"the hosts of sentinels and the name of their primary: {EXAMPLE}"
    scheme, credentials, hosts, path, query = _taken_apart(found, wanted)
    name, _, database = path.partition("/")
    if not name or (name.isdigit() and not database):
        raise ValueError(
            f"an address that names the primary after the sentinels, before the database: {EXAMPLE}"
        )
    if not _NAME.fullmatch(name):
        raise ValueError("a primary whose name consists of letters, digits, and . - _")
    if not re.fullmatch(r"\d*", database):
        raise ValueError(f"an address that ends with the number of a database: {EXAMPLE}")
    _require_parameters(query, scheme, _ANY | _OWN)
    parameters = parse_qsl(query, keep_blank_values=True)
    own = {key: value for key, value in parameters if key in _OWN}
    return SentinelAddress(
        tuple(
            _host_and_port(each, SENTINEL_PORT, "sentinels", EXAMPLE) for each in hosts.split(",")
        ),
        *(name, own.get("sentinel_username", ""), own.get("sentinel_password", "")),
        *(scheme, credentials, database or "0"),
        urlencode([each for each in parameters if each[0] not in _OWN]),
    )


def cluster_address(url: str) -> ClusterAddress | None:
    """Parse the address of a cluster; None for any other. Raises ValueError, in words."""
    found = _OF_A_CLUSTER.fullmatch(url)
    if found is None:
        return None
    wanted = f"the hosts of some nodes of the cluster: {CLUSTER_EXAMPLE}"
    scheme, credentials, hosts, path, query = _taken_apart(found, wanted)
    if path not in {"", "0"} or any(value != "0" for value in _databases(query)):
        raise ValueError(f"no database, because a cluster has only number 0: {CLUSTER_EXAMPLE}")
    _require_parameters(query, scheme, _ANY)
    nodes = (
        _host_and_port(each, CLUSTER_PORT, "nodes", CLUSTER_EXAMPLE) for each in hosts.split(",")
    )
    return ClusterAddress(tuple(nodes), scheme, credentials, query)


def _taken_apart(found: re.Match[str], wanted: str) -> tuple[str, str, str, str, str]:
    """Return scheme, credentials with their `@`, hosts, path and query of an address of several
    servers. Raises ValueError, which says what is `wanted`.
    """
    scheme, rest = found.groups()
    before, _, query = rest.partition("?")
    credentials, at, place = before.rpartition("@")
    hosts, _, path = place.partition("/")
    if not hosts.strip(",") or "#" in rest or "/" in credentials:
        raise ValueError(wanted)
    return scheme, credentials + at, hosts, path, query


def _databases(query: str) -> list[str]:
    return [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "db"]


def with_passwords(text: str) -> str:
    """Return the address of a store with the passwords whose files it names.

    `password_file` is the path of a file with the password of the user of the store,
    `sentinel_password_file` of one with that of the sentinels. Raises ValueError, in words.
    """
    address, _, query = text.partition("?")
    if "password_file=" not in query:
        return text
    kept = []
    for parameter in query.split("&"):
        name, _, path = parameter.partition("=")
        if name == "password_file":
            scheme, _, rest = address.partition("://")
            user, _, place = rest.rpartition("@")
            if ":" in user:
                raise ValueError("an address with a password or a password_file, not with both")
            address = f"{scheme}://{user}:{_read_password(path)}@{place}"
        elif name == "sentinel_password_file":
            kept.append(f"sentinel_password={_read_password(path)}")
        else:
            kept.append(parameter)
    return f"{address}?{'&'.join(kept)}" if kept else address


def _read_password(path: str) -> str:
    """Read a file with a password, and maybe the end of its line; return it encoded."""
    file = Path(unquote(path)).expanduser()
    try:
        password = file.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"an address whose file can be read; {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"an address that names a file of text; {file} is not") from None
    if not password or "\n" in password:
        raise ValueError(f"an address that names a file of one line; {file} has more, or none")
    return quote(password, safe="")


def require_store_address(text: str) -> str:
    """Return the address of a store. Raises ValueError, in words, if it is invalid."""
    try:
        if sentinel_address(text) is None and cluster_address(text) is None:
            _require_single(text)
    except ValueError:
        credentials = text.partition("://")[2].rpartition("@")[0]
        if odd := [sign for sign in "/?#[]" if sign in credentials]:
            raise ValueError(
                f"written with {' '.join(map(_encoded, odd))} for {' '.join(odd)} in the user or "
                "the password, otherwise it is unclear where they end"
            ) from None
        raise
    return text


def split_address(text: str) -> SplitResult:
    """Split an address. Raises ValueError, in words, if it is invalid."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("an address with a valid host and port") from None
    return parts


def _require_single(text: str) -> None:
    parts = split_address(text)
    if parts.scheme == "unix":
        reachable = bool(parts.path) and (not parts.netloc or "@" in parts.netloc)
    else:
        reachable = bool(parts.hostname) and not parts.fragment
    if parts.scheme not in {"redis", "rediss", "unix"} or not reachable:
        raise ValueError(
            "redis://host:port/0, rediss://host:port/0, unix:///path/to/socket, "
            f"{EXAMPLE} or {CLUSTER_EXAMPLE}"
        )
    if "," in (parts.hostname or ""):
        raise ValueError(
            f"the address of one server, of sentinels or of a cluster: {EXAMPLE}, {CLUSTER_EXAMPLE}"
        )
    if parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path):
        raise ValueError("an address that ends with the number of a database, such as /0")
    _require_parameters(parts.query, parts.scheme, _ANY)


def _require_parameters(query: str, scheme: str, more: Mapping[str, str]) -> None:
    if query and not re.fullmatch(r"([a-z_]+=[^&]*&?)*", query):
        raise ValueError("an address whose ? is followed by parameters, such as ?db=0")
    secure = scheme == "rediss"
    known = {**more, **_TLS} if secure else more
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in _TLS and not secure:
            raise ValueError(f"an address that begins with rediss if it has the parameter {name}")
        if name not in known:
            # It may be a part of a password.
            raise ValueError(f"an address with no other parameters than {', '.join(known)}")
        if not re.fullmatch(known[name], value):
            raise ValueError(f"an address with another value of the parameter {name}")


def _host_and_port(text: str, usual: int, what: str, example: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not parts.hostname or parts.netloc != text or "@" in text or port == 0:
        raise ValueError(f"{what} with a valid host and port each, separated by commas: {example}")
    return unquote(parts.hostname), port or usual


def _encoded(sign: str) -> str:
    return f"%{ord(sign):02X}"
