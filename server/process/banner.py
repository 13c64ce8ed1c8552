"""What the terminal shows: the addresses of a server that is ready, and where its data is."""

from server.live.create_board import DEFAULT_CODE
from server.network.addresses import Addresses, host_link_at, is_loopback, local_base
from server.settings import Settings


def greeting(settings: Settings, host_key: str, store: str) -> str:
    """Return the addresses of the board that opens by itself, and what happens to its votes.

    `store` says, in words, where the votes are and how durable they are.
    """
    lines = [
        "",
        "Stackvote is ready.",
        *_for_the_room(settings, Addresses(settings), host_key),
        "",
        "  The host's address opens and reveals rounds: keep it to yourself.",
        f"  {store}",
        "  Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)


def other_network(settings: Settings, addresses: Addresses, host_key: str) -> str:
    """Return the addresses again, after the machine has joined or left a network."""
    found = ["", "The network has changed.", *_for_the_room(settings, addresses, host_key), ""]
    return "\n".join(found)


def _for_the_room(settings: Settings, addresses: Addresses, host_key: str) -> list[str]:
    public, local = addresses.base(), local_base(settings)
    if public == local:
        lines = ["", *_links(local, host_key)]
        if is_loopback(local.split("//")[1].rsplit(":", 1)[0].strip("[]")):
            lines += [
                "",
                "  Only this machine can open these addresses. For phones, connect it to a",
                "  network, leave --host empty, or give --public-url.",
            ]
        return lines
    lines = ["", "For everyone in the room", *_links(public, host_key)]
    if others := addresses.hosts[1:]:
        lines.append("  Or, if phones cannot open that:")
        lines += [f"                 {addresses.base_at(each)}/b/{DEFAULT_CODE}" for each in others]
    return [*lines, "", "On this machine", *_links(local, host_key)]


def _links(base: str, host_key: str) -> list[str]:
    board = f"{base}/b/{DEFAULT_CODE}"
    return [
        f"  Vote           {board}",
        f"  Shared screen  {board}/screen",
        f"  Host           {host_link_at(base, DEFAULT_CODE, host_key)}",
    ]
