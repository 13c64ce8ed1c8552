"""A watcher of a replica, for tests without a room."""


class RecordingWatcher:
    """Records what it is called with."""

    def __init__(self):
        self.seqs = []
        self.renewals = 0
        self.ends = []
        """Why the board was lost, in words; `gone` if it no longer exists."""

    def applied(self, seq, *_):
        self.seqs.append(seq)

    def changed(self, change):
        pass

    def compared(self):
        pass

    def renewed(self, *, same=False):
        self.renewals += 1

    def invalidated(self):
        pass

    def broken(self):
        self.ends.append("broken")

    def lost(self, unreadable=None):
        self.ends.append(str(unreadable or "gone"))
