"""A watcher of a replica, for tests that have no room."""


class Watching:
    """Notes what it is told."""

    def __init__(self):
        self.seqs = []
        self.renewals = 0
        self.ends = []
        """Why the board was lost, in words; `gone` where it is there no more."""

    def applied(self, seq, *_):
        self.seqs.append(seq)

    def changed(self, change):
        pass

    def compared(self):
        pass

    def renewed(self, *, same=False):
        self.renewals += 1

    def mistrusted(self):
        pass

    def broken(self):
        self.ends.append("broken")

    def lost(self, unreadable=None):
        self.ends.append(str(unreadable or "gone"))
