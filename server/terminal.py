"""What the terminal shows when the server is ready: where to go, and where the data are."""

from server.addresses import is_loopback, local_base, public_base
from server.live.founding import DEFAULT_CODE
from server.printable import printable
from server.settings import Settings


def greeting(settings: Settings, host_key: str, store: str) -> str:
    """Give the addresses of the board that opens by itself, and what becomes of its votes.

    `store` says, in words, where the votes are and how durable they are.
    """
    public, local = public_base(settings), local_base(settings)
    lines = ["", "Stackvote is ready."]
    if public == local:
        lines += ["", *_addresses(local, host_key)]
        if is_loopback(local.split("//")[1].rsplit(":", 1)[0].strip("[]")):
            lines += [
                "",
                "  Only this machine can open these addresses. For phones: connect it to a",
                "  network, leave --host empty, or give --public-url.",
            ]
    else:
        lines += ["", "For everyone in the room", *_addresses(public, host_key)]
        lines += ["", "On this machine", *_addresses(local, host_key)]
    lines += [
        "",
        "  The host's address opens and reveals rounds: keep it to yourself.",
        f"  {store}",
        "  Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)


def _addresses(base: str, host_key: str) -> list[str]:
    board = f"{base}/b/{DEFAULT_CODE}"
    return [
        f"  Vote           {board}",
        f"  Shared screen  {board}/screen",
        f"  Host           {_host_link(base, DEFAULT_CODE, host_key)}",
    ]


def host_link(settings: Settings, code: str, key: str) -> str:
    """Give the address with which a browser becomes a host's."""
    return _host_link(public_base(settings), code, key)


def _host_link(base: str, code: str, key: str) -> str:
    return f"{base}/b/{code}/host?key={key}"


def plain(text: str, longest: int = 60) -> str:
    """Give what somebody wrote as one line of a terminal."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
