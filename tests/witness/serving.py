"""Which of a server's processes serves whom, as the kernel knows it."""

import psutil
from people import eventually


def served(server):
    """How many connections each worker holds, by its pid."""
    return {
        pid: sum(
            line.status == psutil.CONN_ESTABLISHED and line.laddr.port == server.port
            for line in psutil.Process(pid).net_connections("tcp")
        )
        for pid in server.workers()
    }


async def spread(crowd, server):
    """Have people come until each process serves some of them."""
    while not all(served(server).values()):
        assert len(crowd.all) < 200, f"they all land in one process: {served(server)}"
        await crowd.join(server, 5, view="screen")
    await eventually(lambda: all(person.present for person in crowd.all))
