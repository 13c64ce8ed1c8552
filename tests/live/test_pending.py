import pytest

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.refusals import Code, Refusal
from server.live.pending import FORGOTTEN, Submissions
from server.store.client import Store
from server.store.event_log import EventLog
from support.wait import eventually

ENTRY = act.Entry(by="ann", idempotency_key="m", action=act.Rename(name="Ann"))
AWAY = Refusal(Code.STORE_AWAY, "The store is away.")


class Asked:
    """Submissions on a log, and the answers that came."""

    def __init__(self, url):
        self.store = Store(url)
        self.log = EventLog(self.store, self, 1)
        self.submissions = Submissions(self.log, "BOARD")
        self.answers = []

    def receive(self, *_):
        """Leave the board to the test."""

    def submit(self, entry=ENTRY):
        self.submissions.submit(entry, self.answers.append)


async def opened(embedded):
    asked = Asked(embedded.url)
    await asked.store.nodes[0].client.flushall()
    await asked.log.create("BOARD", [b"{}"])
    return asked


async def given_up(embedded):
    """One message is on its way, and whoever sent it was told that it was given up."""
    asked = await opened(embedded)
    asked.submit()
    asked.submissions.give_up(AWAY)
    return asked


async def test_an_answer_waits_for_the_log_and_for_the_board(embedded):
    asked = await opened(embedded)
    asked.submit()
    asked.submissions.settle(2, ENTRY, Change())
    assert asked.answers == []
    await eventually(lambda: asked.answers)
    assert asked.answers == [2]
    asked.submit()
    await asked.log.drained()
    assert asked.answers == [2]
    asked.submissions.settle(3, ENTRY, Change(duplicate_of=2))
    assert asked.answers == [2, 2]
    await asked.store.close()


async def test_the_same_message_goes_into_the_log_once_and_is_answered_twice(embedded):
    asked = await opened(embedded)
    asked.submit()
    asked.submit()
    await asked.log.drained()
    assert (await asked.log.read("BOARD", 0)).top == 2
    asked.submissions.settle(2, ENTRY, Change())
    asked.submissions.settle(2, ENTRY, Change())
    assert asked.answers == [2, 2]
    await asked.store.close()


async def test_what_the_board_or_the_log_refuses_is_told(embedded):
    asked = await opened(embedded)
    asked.submit()
    await asked.log.drained()
    refused = Refusal(Code.ROUND_CLOSED, "Voting is closed.")
    asked.submissions.settle(2, ENTRY, refused)
    await asked.store.nodes[0].client.flushall()
    asked.store.nodes[0].set_present(value=True)
    asked.submit()
    await eventually(lambda: len(asked.answers) == 2)
    assert asked.answers[0] is refused
    assert asked.answers[1].code is Code.NO_SUCH_BOARD
    await asked.store.close()


async def test_what_others_said_and_what_no_one_waits_for_goes_by(embedded):
    asked = await opened(embedded)
    asked.submissions.settle(2, ENTRY, Change())
    asked.submissions.submit(act.Entry(action=act.LockRound(round=1)))
    asked.submissions.submit(act.Entry(action=act.LockRound(round=1)))
    await asked.log.drained()
    assert (await asked.log.read("BOARD", 0)).top == 3
    assert asked.answers == []
    assert asked.submissions.open == {}
    await asked.store.close()


async def test_what_comes_again_after_it_was_given_up_gets_an_answer_of_its_own(embedded):
    asked = await given_up(embedded)
    asked.submit()
    await asked.log.drained()
    assert asked.answers == [AWAY]
    asked.submissions.settle(2, ENTRY, Change())
    assert asked.answers == [AWAY, 2]
    await asked.store.close()


async def test_anyone_who_was_told_that_it_was_given_up_is_not_told_again(embedded):
    asked = await given_up(embedded)
    asked.submissions.settle(2, ENTRY, Change())
    await asked.log.drained()
    assert asked.answers == [AWAY]
    asked.submit()
    asked.submissions.settle(3, ENTRY, Change(duplicate_of=2))
    await asked.log.drained()
    assert asked.answers == [AWAY, 2]
    await asked.store.close()


@pytest.mark.parametrize("log_first", [True, False])
async def test_what_was_erased_before_it_came_is_answered_with_its_place(embedded, log_first):
    asked = await opened(embedded)
    asked.submit()
    if log_first:
        await asked.log.drained()
        asked.submissions.compared(1)
        assert asked.answers == []
    asked.submissions.compared(2)
    await asked.log.drained()
    # What was compared before it was in the log says nothing of it: that may have gone back since.
    assert asked.answers == ([2] if log_first else [])
    asked.submissions.compared(2)
    assert asked.answers == [2]
    await asked.store.close()


async def test_what_the_store_has_forgotten_is_to_be_sent_again(embedded):
    asked = await opened(embedded)
    asked.submit()
    await asked.log.drained()
    other = act.Entry(by="ben", idempotency_key="n", action=act.Rename(name="Ben"))
    asked.submit(other)
    # Positions of another history say nothing of this one's.
    asked.submissions.compared(1)
    asked.submissions.renewed({}.get)
    assert asked.answers == [FORGOTTEN]
    await asked.log.drained()
    asked.submissions.settle(2, other, Change())
    assert asked.answers == [FORGOTTEN, 2]
    await asked.store.close()


async def test_what_stands_in_another_history_gets_the_answer_that_it_has_there(embedded):
    asked = await opened(embedded)
    for idempotency_key in ("m", "n"):
        asked.submit(
            act.Entry(
                by="ann", idempotency_key=idempotency_key, action=act.Rename(name=idempotency_key)
            )
        )
    # Applied in the history that is gone; where it stands in this one is not known yet.
    asked.submissions.settle(7, ENTRY, Change())
    asked.submissions.renewed({"n": 3}.get)
    await asked.log.drained()
    assert asked.answers == [3]
    asked.submissions.settle(8, ENTRY, Change())
    assert asked.answers == [3, 8]
    await asked.store.close()
