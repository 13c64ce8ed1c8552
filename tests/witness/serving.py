"""Which of a server's processes serves whom, as the kernel knows it.

It is read here because psutil reads the tables of its own network namespace alone.
"""

from pathlib import Path

from people import eventually

ESTABLISHED = "01"


def served(server):
    """How many connections each worker holds, by its pid."""
    ours = _sockets_on(server)
    return {pid: len(ours & _sockets_of(pid)) for pid in server.workers()}


async def spread(crowd, server):
    """Have people come until each process serves some of them."""
    while not all(served(server).values()):
        assert len(crowd.all) < 200, f"they all land in one process: {served(server)}"
        await crowd.join(server, 5, view="screen")
    await eventually(lambda: all(person.present for person in crowd.all))


def _sockets_on(server):
    """Return the inodes of the connections that a server's port has taken in."""
    found = set()
    for table in ("tcp", "tcp6"):
        # As its own machine knows them.
        for line in Path(f"/proc/{server.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == server.port and fields[3] == ESTABLISHED:
                found.add(fields[9])
    return found


def _sockets_of(pid):
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found
