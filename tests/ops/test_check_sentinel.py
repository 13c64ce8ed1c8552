import pytest

from server.ops.check_failover import inspect_failover
from server.ops.check_rights import inspect_rights
from server.ops.check_sentinel import inspect_sentinels
from server.ops.check_store import StoreUnfitError, inspect_store, probe_store
from server.ops.findings import Severity, faults
from server.store.node import StoreAwayError
from server.store.sentinel import Answer, Survey
from support.ports import free_port
from support.sentinels import NAME, Guarded, with_sentinels

PLANNED = f"SENTINEL FAILOVER {NAME} COORDINATED (Valkey 9.1)"
OLD, NEW = ("10.0.0.1", 6379), ("10.0.0.2", 6379)


def words(found, severity):
    return " ".join(each.words for each in found if each.weight is severity)


def answer(place=OLD, epoch=0, *, down=False, sentinels=3, hindrance=""):
    return Answer(place, epoch, down, 2, sentinels, 2, hindrance)


def survey(*answers, **problems):
    return Survey(NAME, {f"h{n}": each for n, each in enumerate(answers)}, problems)


def test_sentinels_that_agree_need_no_advice():
    (found,) = inspect_sentinels(survey(answer(), answer(), answer()))
    assert found.weight is Severity.FINE
    for part in ("'mymaster' is 10.0.0.1:6379, say 3 of 3", "2 replicas", "when 2 sentinels agree"):
        assert part in found.words


def test_a_primary_that_is_down_is_a_fault():
    (fault,) = faults(inspect_sentinels(survey(answer(down=True))))
    assert "have not promoted a replica yet" in fault


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        (survey(answer(), answer(), h9="h9 does not answer."), "h9 does not answer."),
        (
            survey(answer(), answer(NEW, 1), answer(NEW, 1)),
            "10.0.0.2:6379 (2), 10.0.0.1:6379 (1). The newest",
        ),
        (survey(answer(hindrance="NOQUORUM 1 usable")), "says h0: NOQUORUM 1 usable"),
        (survey(answer(sentinels=2), answer(sentinels=2)), "fewer than 3 sentinels (2)"),
    ],
)
def test_what_may_prevent_a_failover_is_advice(found, advice):
    found = inspect_sentinels(found)
    assert faults(found) == []
    assert advice in words(found, Severity.ADVICE)


@pytest.mark.parametrize(
    ("online", "least", "durability", "replicas", "severity", "said"),
    [
        (0, 1, "none", 1, Severity.ADVICE, "nothing to fail over to"),
        (2, 1, "none", 1, Severity.ADVICE, "--durability replica --replicas 2"),
        (2, 1, "local", 1, Severity.ADVICE, "SENTINEL FAILOVER mymaster COORDINATED"),
        (2, 1, "replica", 1, Severity.ADVICE, "can lose votes"),
        (2, 0, "replica", 2, Severity.FINE, "loses no vote that was acknowledged"),
        (2, 0, "replica", 1, Severity.ADVICE, "Set min-replicas-to-write to 1"),
        (2, 1, "none", 1, Severity.FINE, "(min-replicas-to-write 1)"),
    ],
)
def test_what_a_failover_would_do(online, least, durability, replicas, severity, said):  # noqa: PLR0917
    assert said in words(inspect_failover(PLANNED, online, least, durability, replicas), severity)


def test_a_setting_that_is_kept_secret_is_not_guessed():
    found = inspect_failover(PLANNED, 2, None, "none", 1)
    assert "min-replicas" not in " ".join(each.words for each in found)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    store = Guarded(tmp_path_factory.mktemp("guarded") / "stores", maxmemory_policy="noeviction")
    yield store
    store.close()


@pytest.mark.slow
def test_a_store_with_sentinels_is_examined_at_its_primary(guarded):
    found = inspect_store(guarded.url, "replica", 2)
    assert faults(found) == []
    said = words(found, Severity.FINE)
    for part in (
        f"'mymaster' is {guarded.members[0].place}, say 3 of 3 sentinels, with 2 replicas",
        "(2 connected)",
        "loses no vote that was acknowledged",
    ):
        assert part in said
    assert inspect_rights(guarded.url, "replica")[0].weight is Severity.FINE
    assert faults(probe_store(guarded.url, "replica", 2)) == []
    assert "--replicas 2 waits for all" in words(
        inspect_store(guarded.url, "none"), Severity.ADVICE
    )
    guarded.members[0].run("CONFIG", "SET", "min-replicas-to-write", 1)
    assert "(min-replicas-to-write 1)" in words(inspect_store(guarded.url, "none"), Severity.FINE)


@pytest.mark.slow
def test_a_sentinel_given_as_a_store_is_told_so_with_the_names_it_knows(guarded):
    for database in ("", "/0", "/1"):
        url = f"redis://127.0.0.1:{guarded.sentinels[0].port}{database}"
        with pytest.raises(StoreUnfitError, match=r"redis\+sentinel://HOST:PORT/NAME/0"):
            inspect_store(url, "none")
    with pytest.raises(StoreUnfitError, match="it knows 'mymaster'"):
        inspect_store(f"redis://127.0.0.1:{guarded.sentinels[0].port}", "none")


@pytest.mark.slow
def test_what_is_wrong_with_the_sentinels_is_told_in_words(guarded):
    with pytest.raises(StoreAwayError, match="no primary named 'other'; it knows 'mymaster'"):
        inspect_store(with_sentinels(guarded.sentinels[0], name="other"), "none")
    with pytest.raises(StoreAwayError, match="cannot be asked"):
        inspect_store(f"redis+sentinel://127.0.0.1:{free_port()}/{NAME}/0", "none")
    with pytest.raises(StoreUnfitError, match="has no database of the number"):
        inspect_store(with_sentinels(*guarded.sentinels, database=99), "none")
