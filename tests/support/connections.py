"""Which of a server's processes serves which connections, according to the kernel.

This is read here because psutil only reads the tables of its own network namespace.
"""

from pathlib import Path

from support.wait import eventually

ESTABLISHED = "01"


def served(server):
    """Return the number of connections of each worker, by pid."""
    ours = _sockets_on(server)
    return {pid: len(ours & _sockets_of(pid)) for pid in server.workers()}


async def spread(crowd, server):
    """Let people arrive until each process, once it is ready, serves some of them."""
    await eventually(
        lambda: all(f"Worker {pid} is ready" in server.log for pid in server.workers())
    )
    while not all(served(server).values()):
        assert len(crowd.all) < 200, f"they all land in one process: {served(server)}"
        await crowd.join(server, 5, view="screen")
    await eventually(lambda: all(person.present for person in crowd.all))


def _sockets_on(server):
    """Return the inodes of the connections that a server's port has accepted."""
    found = set()
    for table in ("tcp", "tcp6"):
        # As seen on its own machine.
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
