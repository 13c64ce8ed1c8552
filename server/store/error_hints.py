"""What to do about an error of a store, or of the connection to it: for the log and for `check`."""

import re
from urllib.parse import unquote

KEYS, CHANNELS = "~sv:*", "&sv:*"
"""The keys and channels that a store's user needs, as patterns of an ACL rule."""
_SIGN_IN = (
    "Check the user and the password in --redis-url; in a password / ? # @ % are written "
    "as %2F %3F %23 %40 %25."
)
_COMMAND = re.compile(r"to run the '([\w|-]+)' command")
_CHANNEL = re.compile(
    r"access (a|one of the|the '.*') channel|executing the script can't publish to the channel"
)
_KEY = re.compile(
    r"access (a|one of the|the '.*') key|executing the script can't access at least one of the keys"
)
_NOBODY = "Nothing listens there: is the store running, and is its address right?"
_HUNG_UP = "It hung up before it answered; does its port want TLS (rediss://)?"
_NO_CERTIFICATE = (
    "Does the store want a certificate of its clients? Give its files at the end of --redis-url as "
    "?ssl_certfile=FILE&ssl_keyfile=FILE."
)
_REMEDIES: tuple[tuple[str, str], ...] = (
    (
        (
            r"WRONGPASS|NOAUTH|invalid username-password|already authenticated|AUTH <password>|"
            r"Authentication required|user is disabled"
        ),
        _SIGN_IN,
    ),
    (
        r"DB index is out of range|invalid DB index",
        (
            "The store has no database of the number at the "
            "end of --redis-url; by default it has 0 to 15."
        ),
    ),
    (
        r"SELECT is not allowed in cluster",
        "It is a cluster, which has no database but 0: give it as redis+cluster://HOST:PORT.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        (
            "The store's certificate is not trusted here: give the file of its authority at the "
            "end of --redis-url as ?ssl_ca_certs=FILE, or in SSL_CERT_FILE, and use the host name "
            "that the certificate has."
        ),
    ),
    (r"CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE", _NO_CERTIFICATE),
    (
        r"UNKNOWN_CA",
        "The store does not trust the certificate in the ssl_certfile of --redis-url.",
    ),
    (
        r"WRONG_VERSION_NUMBER|record layer failure|packet length too long",
        (
            "The store's port does not speak TLS: use redis:// instead of rediss://, or give its "
            "TLS port."
        ),
    ),
    (r"got \"<?H?\"? as reply|Protocol error, got", "What answers there is not Redis or Valkey."),
    (
        r"protected mode",
        (
            "The store runs in protected mode: without a password it lets in only its own "
            "machine. Give it one (requirepass, or a user by ACL), and put it into --redis-url."
        ),
    ),
    (
        r"LOADING|is loading the dataset|loading the dataset in memory",
        "It is still loading its data, and answers when that is done.",
    ),
    (
        r"READONLY|read only replica",
        "It is a replica, which accepts no votes: give the address of its primary.",
    ),
    (
        r"\bis a replica\b",
        "It accepts no votes. If that lasts, the address or its sentinels do not name the primary.",
    ),
    (r"WAITAOF was not confirmed", "Is its disk full or hung, or appendfsync set to no?"),
    (r"WAIT was not confirmed", "Are as many replicas there as --replicas says?"),
    (r"MASTERDOWN", "It is a replica that has lost its primary: give the address of the primary."),
    (r"MISCONF|unable to persist", "It cannot save to its disk: make room there."),
    (r"\bOOM\b|maxmemory", "It is full: raise its maxmemory."),
    (
        r"NOREPLICAS|enough good replicas",
        "It waits for replicas that are not there: start them, or lower min-replicas-to-write.",
    ),
    (
        r"\bMOVED\b|\bASK\b",
        "It is a cluster: give it as redis+cluster://HOST:PORT.",
    ),
    (
        r"cluster is down|slot not served|CLUSTERDOWN",
        (
            "Some of its slots are on no node that answers. Until they are, it serves no others "
            "either, unless cluster-require-full-coverage is no."
        ),
    ),
    (r"max number of clients", "It has no connection left: raise its maxclients."),
    (
        r"unknown command .?SELECT",
        (
            "Is that a sentinel? Then give it as redis+sentinel://HOST:PORT/NAME/0, where NAME is "
            "that of the primary."
        ),
    ),
    (
        r"unknown command .?WAITAOF",
        "It is older than version 7.2, and durability local needs WAITAOF: upgrade it.",
    ),
    (
        r"unknown command",
        "The command is disabled there (rename-command); the server needs it.",
    ),
    (
        (
            r"Name or service not known|nodename nor servname|No address associated|"
            r"name resolution|Name does not resolve"
        ),
        (
            "The host name in --redis-url cannot be resolved here: is it spelt right, and does "
            "DNS work?"
        ),
    ),
    (r"Connection refused|Connect call failed \(", _NOBODY),
    (r"connecting to (unix:)?/.*No such file", _NOBODY),
    (
        r"connecting to .*No such file",
        "A file that --redis-url names is not there: ssl_ca_certs, ssl_certfile or ssl_keyfile.",
    ),
    (
        r"connecting to (unix:)?/.*Permission denied",
        "This user may not open the store's socket: see its unixsocketperm.",
    ),
    (r"reset by peer|closed by server|Broken pipe", _HUNG_UP),
)
_TIMEOUT = "Nothing answers there: a firewall, a wrong address, or a store that hangs?"
_TLS_TIMEOUT = "Does its port speak TLS? If not, use redis:// instead of rediss://."
_KNOWN = tuple((re.compile(sign), remedy) for sign, remedy in _REMEDIES)


def remedy(error: object, url: str = "", *, answered: bool = False) -> str:
    """Return what to do about an error of the store at `url`; empty if unknown.

    `answered`: the store has answered before, so a dropped connection is not a configuration error.
    """
    words = str(error)
    if right := missing_right(error):
        return f"Give its user the right: {rule(url, right)}"
    if "imeout connecting" in words or "imed out" in words:
        return _TLS_TIMEOUT if url.startswith("rediss") else _TIMEOUT
    found = next((cure for sign, cure in _KNOWN if sign.search(words)), "")
    if found is _HUNG_UP:
        return "" if answered else _NO_CERTIFICATE if url.startswith("rediss") else found
    return found


def with_remedy(error: object, url: str = "") -> str:
    """Return an error's text, and what to do about it."""
    words = str(error).strip()
    cure = remedy(error, url)
    return f"{words.rstrip('.')}. {cure}" if cure else words


def rule(url: str, rights: str) -> str:
    """Return the command that grants the store's user more permissions."""
    credentials, at, _ = url.partition("://")[2].rpartition("@")
    user = unquote(credentials.partition(":")[0]) if at else ""
    return f"ACL SETUSER {user or 'default'} {rights}"


def missing_right(error: object) -> str:
    """Return the permission that the store's user lacks, as an ACL rule; empty for other errors."""
    words = str(error)
    if found := _COMMAND.search(words):
        return f"+{found[1]}"
    if _CHANNEL.search(words):
        return CHANNELS
    if _KEY.search(words):
        return KEYS
    # Before 7.2, a script does not say which command it may not run.
    return "+@all" if "executing the script can't run" in words else ""
