"""A primary with replicas, and the sentinels that watch it: real processes on this machine."""

from collections import Counter

import redis

from support.ports import free_port
from support.replication import OPTIONS, Relay
from support.store import HERE, VALKEY, StoreProcess, binary
from support.wait import until

NAME = "mymaster"
TIMERS = {"down-after-milliseconds": 1000, "failover-timeout": 6000, "parallel-syncs": 2}
"""In ms: a failover takes about three seconds."""


class Member(StoreProcess):
    """One of the servers. Here, replicas, sentinels and clients all reach it by its relay."""

    def __init__(self, folder, program=VALKEY, *, machine=HERE, **options):
        port = free_port()
        # What is between machines is a link.
        self.relay = Relay(port) if machine is HERE else None
        self.address = machine.address, self.relay.port if self.relay else port
        host, at = self.address
        announced = {"replica_announce_ip": host, "replica_announce_port": at}
        own = {"port": port, "bind": machine.address, "protected_mode": "no", "machine": machine}
        super().__init__(folder, program=program, **announced | own | OPTIONS | options)
        self.start()

    @property
    def place(self):
        return "{}:{}".format(*self.address)

    def follow(self, primary):
        """Replicate another one, and wait until everything is copied."""
        self.run("REPLICAOF", *primary.address)
        until(lambda: self.replication()["master_link_status"] == "up")

    def close(self):
        if self.relay:
            self.relay.close()
        self.stop()


class Sentinel(StoreProcess):
    """One sentinel, which watches the primary at `place`; `lines` are added to its configuration.

    With `tls` it speaks TLS with everyone.
    """

    def __init__(self, folder, place, *lines, program=VALKEY, quorum=2, tls=None, machine=HERE):
        super().__init__(folder, program=program, port=free_port(), machine=machine)
        found = binary(program)
        self.command = [*machine.inside, found, str(folder / "sentinel.conf"), "--sentinel"]
        folder.mkdir(parents=True)
        host, _, port = place.rpartition(":")
        monitored = [
            f"sentinel monitor {NAME} {host} {port} {quorum}",
            *(f"sentinel {timer} {NAME} {value}" for timer, value in TIMERS.items()),
        ]
        ports = {"port": 0, "tls_port": self.port} | tls.options if tls else {"port": self.port}
        own = [
            *(f"{name.replace('_', '-')} {value}" for name, value in ports.items()),
            *(f"bind {machine.address}", f"dir {folder}", f"logfile {folder}/log"),
            *(f"unixsocket {self.socket}", "protected-mode no"),
        ]
        conf = [*own, *monitored, *lines]
        (folder / "sentinel.conf").write_text("\n".join(conf) + "\n")
        self.start()

    @property
    def url(self):
        return with_sentinels(self)

    def state(self):
        """Return what it knows about the primary."""
        with self.client() as client:
            return client.sentinel_master(NAME, return_responses=True)


def _address(state):
    """Return where the primary is by what a sentinel knows."""
    return state["ip"], state["port"]


def with_sentinels(*sentinels, name=NAME, credentials="", more="", database=0):
    """Return the address of a store that these sentinels watch."""
    hosts = ",".join(f"{each.machine.address}:{each.port}" for each in sentinels)
    return f"redis+sentinel://{credentials}{hosts}/{name}/{database}{more}"


class Guarded:
    """A primary with replicas and three sentinels, as a deployment uses it.

    With `tls` all speak TLS, with each other and with clients. Clients sign in with `credentials`.
    On several `machines`, each has one of the servers, and one of the sentinels.
    """

    def __init__(
        self,
        folder,
        *,
        program=VALKEY,
        replicas=2,
        tls=None,
        credentials="",
        machines=(HERE,),
        **options,
    ):
        folder.mkdir(exist_ok=True)
        self._tls, self._credentials = tls, credentials
        self.members, self.sentinels = [], []
        self.durability = ()
        try:
            for n, name in enumerate("abcd"[: replicas + 1]):
                on = {"machine": machines[n % len(machines)], "tls": tls}
                self.members.append(Member(folder / name, program, **on, **options))
            for replica in self.members[1:]:
                replica.follow(self.members[0])
            for n in range(3):
                place = self.members[0].place
                own = folder / f"sentinel{n}"
                on = {"machine": machines[n % len(machines)], "tls": tls}
                self.sentinels.append(Sentinel(own, place, program=program, **on))
            until(self.is_complete)
            self._last = self.members[0]
        except BaseException:
            self.close()
            raise

    @property
    def plain_url(self):
        """Its address, but for what is needed for TLS."""
        return with_sentinels(*self.sentinels, credentials=self._credentials)

    @property
    def url(self):
        return self._tls.url(self.plain_url) if self._tls else self.plain_url

    @property
    def arguments(self):
        """The arguments that tell a server where its store is."""
        return ("--redis-url", self.url, *self.durability)

    def serves(self, server):
        """Nothing to do: it belongs to no server."""

    def is_complete(self):
        """Whether all sentinels know each other and all replicas, and could fail over."""
        wanted = {"num-other-sentinels": len(self.sentinels) - 1}
        wanted |= {"num-slaves": len(self.members) - 1}
        return all(
            wanted.items() <= state.items() and not state["is_sdown"]
            for state in (each.state() for each in self.sentinels)
        )

    def primary_of(self, _code):
        """Return the member that has a board, as in a cluster."""
        return self.primary

    @property
    def primary(self):
        """The member that the newest configuration names; the last known one if none is left."""
        states = [each.state() for each in self.sentinels if each.answers()]
        if states:
            newest = max(states, key=lambda state: state["config-epoch"])
            (self._last,) = [each for each in self.members if each.address == _address(newest)]
        return self._last

    @staticmethod
    def switch(was, now):
        """Return what each worker logs when another member is the primary."""
        return f"The primary of '{NAME}' was {was.place} and is now {now.place}."

    def client(self):
        """Connect to the store that is authoritative in the end."""
        return self.primary.client()

    def replicated(self, copies=None):
        """Wait until replicas have everything that the primary has."""
        copies = len(self.members) - 1 if copies is None else copies
        with self.client() as client:
            until(lambda: client.execute_command("WAIT", copies, 100) == copies)

    def promoted(self, was):
        """Wait until most sentinels name another primary than before, and it takes writes."""

        def is_over():
            named = Counter(_address(each.state()) for each in self.sentinels)
            (newest, sentinels), *_ = named.most_common(1)
            if newest == was.address or 2 * sentinels <= len(self.sentinels):
                return False
            try:
                return self.primary.replication()["role"] == "master"
            except redis.RedisError:
                return False

        until(is_over)
        return self.primary

    def fail_over(self, *more):
        """Ask for a planned failover."""

        def is_taken():
            try:
                return self.sentinels[0].run("SENTINEL", "FAILOVER", NAME, *more)
            except redis.ResponseError as error:
                # A sentinel that has only just heard of the replicas takes none yet.
                if "NOGOODSLAVE" not in str(error):
                    raise
                return False

        until(is_taken)

    def close(self):
        for each in self.sentinels:
            each.stop()
        for each in self.members:
            each.close()
