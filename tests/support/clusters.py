"""A cluster of primaries and replicas: real processes on this machine."""

import redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from support.ports import free_port
from support.replication import OPTIONS, Relay
from support.store import HERE, VALKEY, StoreProcess
from support.wait import until

NODE_TIMEOUT = 1000
"""In ms, after which a member is considered down: a failover takes about two seconds."""


class Member(StoreProcess):
    """One of the servers. With a `relay`, replicas and clients reach it by that alone."""

    def __init__(self, folder, program=VALKEY, *, tls=None, relay=False, machine=HERE, **options):
        cluster = {
            "cluster_enabled": "yes",
            "cluster_port": free_port(),
            "cluster_node_timeout": NODE_TIMEOUT,
            "cluster_allow_replica_migration": "no",
            "cluster_replica_validity_factor": 0,
        }
        port = free_port()
        own = {"port": port, "bind": machine.address, "protected_mode": "no", "machine": machine}
        own["maxmemory_policy"] = "noeviction"
        self.relay = Relay(port) if relay else None
        if relay:
            cluster["cluster_announce_port"] = self.relay.port
        if tls:
            # A certificate has names, and some clients look at them.
            cluster |= {"tls_cluster": "yes", "cluster_announce_hostname": "localhost"}
        self.host = "localhost" if tls else machine.address
        super().__init__(folder, program=program, tls=tls, **OPTIONS | cluster | own | options)
        # The bus is watched by the timeout above; the data link must notice a loss, too.
        self.bus = cluster["cluster_port"]
        self.start()
        self.id = self.run("CLUSTER", "MYID").decode()

    @property
    def name(self):
        return f"{self.host}:{self.relay.port if self.relay else self.port}"

    def nodes(self):
        """Return the cluster as this member sees it, by the ids of its members."""
        known = self.run("CLUSTER NODES")
        return {each["node_id"]: each for each in known.values()}

    def state(self):
        return self.run("CLUSTER INFO")["cluster_state"]

    def meets(self, other):
        self.run("CLUSTER", "MEET", other.machine.address, other.port, other.bus)

    def follow(self, primary):
        """Replicate another one, and wait until everything is copied."""
        until(lambda: primary.id in self.nodes())
        self.run("CLUSTER", "REPLICATE", primary.id)
        until(lambda: self.replication().get("master_link_status") == "up")

    def close(self):
        if self.relay:
            self.relay.close()
        self.stop()


class Cluster:
    """Primaries, each with as many replicas, as a deployment uses them.

    With `tls` all speak TLS, with each other and with clients. Clients sign in with `credentials`.
    With `relay`, what a primary passes on to its replicas can be held back. On several `machines`,
    a replica is on the one after that of its primary.
    """

    def __init__(
        self,
        folder,
        *,
        shards=3,
        replicas=1,
        tls=None,
        credentials="",
        machines=(HERE,),
        **options,
    ):
        """The slots are divided evenly, in the order of the primaries."""
        folder.mkdir(exist_ok=True)
        self._tls, self._credentials = tls, credentials
        self.members = []
        self.durability = ()
        try:
            for n in range(shards * (1 + replicas)):
                on = {"machine": machines[(n + n // shards) % len(machines)], "tls": tls}
                self.members.append(Member(folder / f"node{n}", **on, **options))
            self.first = self.members[:shards]
            for n, primary in enumerate(self.first):
                begin, end = (n * REDIS_CLUSTER_HASH_SLOTS // shards for n in (n, n + 1))
                primary.run("CLUSTER", "ADDSLOTSRANGE", begin, end - 1)
                primary.run("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
            for member in self.members[1:]:
                self.members[0].meets(member)
            for n, member in enumerate(self.members[shards:]):
                member.follow(self.first[n % shards])
            until(self.is_complete)
        except BaseException:
            self.close()
            raise

    def is_complete(self):
        """Whether all members know each other, and all slots are served."""
        return all(
            len(member.nodes()) == len(self.members) and member.state() == "ok"
            for member in self.members
        )

    @property
    def plain_url(self):
        """Its address, but for what is needed for TLS."""
        nodes = ",".join(member.name for member in self.members)
        return f"redis+cluster://{self._credentials}{nodes}"

    @property
    def url(self):
        return self._tls.url(self.plain_url) if self._tls else self.plain_url

    @property
    def arguments(self):
        """The arguments that tell a server where its store is."""
        return ("--redis-url", self.url, *self.durability)

    def serves(self, server):
        """Nothing to do: it belongs to no server."""

    def primary_of(self, code):
        """Return the member that has a board, by the newest configuration."""
        slot = key_slot(code.encode())
        found = []
        for member in self.members:
            if member.answers():
                own = member.nodes()[member.id]
                ranges = [(int(each[0]), int(each[-1])) for each in own["slots"]]
                if any(first <= slot <= last for first, last in ranges):
                    found.append((int(own["epoch"]), member.name))
        return next(each for each in self.members if each.name == max(found)[1])

    def replica_of(self, primary):
        """Return a member that replicates another one."""
        known = primary.nodes()
        return next(each for each in self.members if known[each.id]["master_id"] == primary.id)

    @staticmethod
    def switch(was, now):
        """Return what each worker logs when another member has the slots of one."""
        return f"Slots of the store were on {was.name} and are now on {now.name}:"

    def client(self, code="FRAMEWORKS"):
        """Connect to the member that has a board."""
        return self.primary_of(code).client()

    def codes(self, per_shard=1):
        """Return codes of boards, for each primary at the beginning in turn."""
        found = {}
        for n in range(10_000):
            code = f"BOARD{n}"
            found.setdefault(key_slot(code.encode()) * len(self.first) // 16384, []).append(code)
            if len(found) == len(self.first) and min(map(len, found.values())) >= per_shard:
                return [code for shard in sorted(found) for code in found[shard][:per_shard]]
        raise AssertionError

    def move(self, code, to):
        """Move the slot of a board to another member, as `valkey-cli --cluster reshard` does."""
        self.reshard([key_slot(code.encode())], self.primary_of(code), to)

    def move_keys(self, code, to):
        """Move all keys of a slot, which is on its way from then on."""
        slot, source = key_slot(code.encode()), self.primary_of(code)
        to.run("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        source.run("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id)
        while keys := source.run("CLUSTER", "GETKEYSINSLOT", slot, 100):
            source.run("MIGRATE", to.machine.address, to.port, "", 0, 5000, "KEYS", *keys)

    def move_slot(self, code, to):
        """Give the slot to the member that has its keys by now."""
        slot, source = key_slot(code.encode()), self.primary_of(code)
        for member in (to, source, *self.members):
            if member.replication()["role"] == "master":
                member.run("CLUSTER", "SETSLOT", slot, "NODE", to.id)

    def reshard(self, slots, source, target):
        """Move slots one after the other with all their keys, as `valkey-cli --cluster reshard`."""
        clients = {member: member.client() for member in self.members}
        owners = [each for each in self.members if each.replication()["role"] == "master"]
        try:
            run = {member: client.execute_command for member, client in clients.items()}
            for slot in slots:
                run[target]("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
                run[source]("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
                while keys := run[source]("CLUSTER", "GETKEYSINSLOT", slot, 100):
                    run[source](
                        *("MIGRATE", target.machine.address, target.port),
                        *("", 0, 5000, "KEYS", *keys),
                    )
                for member in dict.fromkeys((target, source, *owners)):
                    run[member]("CLUSTER", "SETSLOT", slot, "NODE", target.id)
        finally:
            for client in clients.values():
                client.close()

    def migrate(self, slots, source, target):
        """Let Valkey 9 move slots that follow each other, all at once."""
        source.run(
            *("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slots[0], slots[-1], "NODE", target.id)
        )

        def is_over():
            (job,) = source.run("CLUSTER", "GETSLOTMIGRATIONS")
            assert job[b"state"] not in {b"failed", b"cancelled"}, job
            return job[b"state"] == b"success"

        until(is_over)

    def promoted(self, was):
        """Wait until another member has the slots of a primary, and takes writes."""

        def is_over():
            try:
                for member in self.members:
                    if member is not was and member.answers():
                        own = member.nodes()[member.id]
                        if own["slots"] and member not in self.first and member.state() == "ok":
                            return member
            except redis.RedisError:
                return None
            return None

        return until(is_over)

    def replicated(self):
        """Wait until replicas have everything that their primaries have."""
        for primary in self.first:
            with primary.client() as client:
                until(lambda client=client: client.execute_command("WAIT", 1, 100) >= 1)

    def close(self):
        for each in self.members:
            each.close()
