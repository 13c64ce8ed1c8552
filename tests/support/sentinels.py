"""A primary with replicas, and the sentinels that watch it: real processes on this machine."""

import redis

from server.store.embedded import valkey_server
from support.ports import free_port
from support.programs import path_of
from support.replication import OPTIONS, Relay
from support.store import VALKEY, StoreProcess
from support.wait import until

NAME = "mymaster"
TIMERS = {"down-after-milliseconds": 1000, "failover-timeout": 6000, "parallel-syncs": 2}
"""In ms: a failover takes about three seconds."""


class Member(StoreProcess):
    """One of the servers. Replicas, sentinels and clients all reach it by its relay."""

    def __init__(self, folder, program=VALKEY, **options):
        port = free_port()
        self.relay = Relay(port)
        here = {"replica_announce_ip": "127.0.0.1", "replica_announce_port": self.relay.port}
        here |= {"port": port, "bind": "127.0.0.1"}
        super().__init__(folder, program=program, **here | OPTIONS | options)
        self.start()

    @property
    def place(self):
        return f"127.0.0.1:{self.relay.port}"

    def follow(self, primary):
        """Replicate another one, and wait until everything is copied."""
        self.run("REPLICAOF", "127.0.0.1", primary.relay.port)
        until(lambda: self.replication()["master_link_status"] == "up")

    def replication(self):
        with self.client() as client:
            return client.info("replication")

    def close(self):
        self.relay.close()
        self.stop()


class Sentinel(StoreProcess):
    """One sentinel, which watches the primary at `place`; `lines` are added to its configuration.

    With `tls` it speaks TLS with everyone.
    """

    def __init__(self, folder, place, *lines, program=VALKEY, quorum=2, tls=None):
        super().__init__(folder, program=program, port=free_port())
        found = str(valkey_server()) if program == VALKEY else path_of(program)
        self.command = [found, str(folder / "sentinel.conf"), "--sentinel"]
        folder.mkdir(parents=True)
        host, _, port = place.rpartition(":")
        monitored = [
            f"sentinel monitor {NAME} {host} {port} {quorum}",
            *(f"sentinel {timer} {NAME} {value}" for timer, value in TIMERS.items()),
        ]
        ports = {"port": 0, "tls_port": self.port} | tls.options if tls else {"port": self.port}
        own = [
            *(f"{name.replace('_', '-')} {value}" for name, value in ports.items()),
            *("bind 127.0.0.1", f"dir {folder}", f"logfile {folder}/log"),
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


def with_sentinels(*sentinels, name=NAME, credentials="", more="", database=0):
    """Return the address of a store that these sentinels watch."""
    hosts = ",".join(f"127.0.0.1:{each.port}" for each in sentinels)
    return f"redis+sentinel://{credentials}{hosts}/{name}/{database}{more}"


class Guarded:
    """A primary with replicas and three sentinels, as a deployment uses it.

    With `tls` all speak TLS, with each other and with clients. Clients sign in with `credentials`.
    """

    def __init__(self, folder, *, program=VALKEY, replicas=2, tls=None, credentials="", **options):
        folder.mkdir(exist_ok=True)
        self._tls, self._credentials = tls, credentials
        self.members, self.sentinels = [], []
        self.durability = ()
        try:
            for name in "abcd"[: replicas + 1]:
                self.members.append(Member(folder / name, program, tls=tls, **options))
            for replica in self.members[1:]:
                replica.follow(self.members[0])
            for n in range(3):
                place = self.members[0].place
                own = folder / f"sentinel{n}"
                self.sentinels.append(Sentinel(own, place, program=program, tls=tls))
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

    @property
    def primary(self):
        """The member that the newest configuration names; the last known one if none is left."""
        states = [each.state() for each in self.sentinels if each.answers()]
        if states:
            newest = max(states, key=lambda state: state["config-epoch"])
            (self._last,) = [each for each in self.members if each.relay.port == newest["port"]]
        return self._last

    def client(self):
        """Connect to the store that is authoritative in the end."""
        return self.primary.client()

    def replicated(self, copies=None):
        """Wait until replicas have everything that the primary has."""
        copies = len(self.members) - 1 if copies is None else copies
        with self.client() as client:
            until(lambda: client.execute_command("WAIT", copies, 100) == copies)

    def stall(self):
        """Hold back what the primary passes on to its replicas from now on."""
        self.primary.relay.hold_replication()

    def switched(self, from_):
        """Wait until all sentinels name another primary, and it takes writes."""

        def is_over():
            ports = {each.state()["port"] for each in self.sentinels}
            if len(ports) > 1 or ports == {from_.relay.port}:
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
