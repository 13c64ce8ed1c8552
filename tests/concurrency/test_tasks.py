import ast
import asyncio
import builtins
import gc
import logging
import weakref
from pathlib import Path

import pytest
from redis import exceptions as redis_exceptions

from server.concurrency import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.observability import metrics
from server.observability.logs import BriefHandler
from support.metrics import value_of
from support.wait import eventually

SERVER = Path(tasks.__file__).parents[1]
STARTS = {"create_task", "ensure_future", "spawn_callback", "add_future", "TaskGroup"}
TRAPS = {"wait_for", "shield"}


@pytest.fixture
def quick(monkeypatch):
    """Begin again at once."""
    monkeypatch.setattr("server.concurrency.backoff.LONGEST_PAUSE", 0.001)


def faults():
    metrics.flush()
    return value_of(metrics.FAULTS)


async def test_what_fails_is_said_counted_and_begun_again(quick, caplog):
    before, tries, told = faults(), 0, []

    async def work():
        nonlocal tries
        tries += 1
        if tries < 4:
            raise KeyError("x")

    await tasks.supervise("work", work, told.append)
    assert tries == 4
    assert [type(error) for error in told] == [KeyError] * 3
    assert faults() == before + 3
    assert caplog.text.count("A fault in work: KeyError('x').") == 3
    assert "Traceback" in caplog.text


async def test_one_that_is_told_to_end_ends_whatever_it_fails_of_then(caplog):
    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("the line is closed")

    for each in (work, asyncio.Event().wait):
        task = tasks.supervise("work", each)
        await asyncio.sleep(0)
        await asyncio.wait_for(tasks.end([task]), 5)
        assert task.cancelled()
    assert not caplog.records


async def test_one_whose_partner_was_cancelled_is_begun_again(quick, caplog):
    partners = []

    async def work():
        partners.append(tasks.begin("partner", asyncio.Event().wait()))
        if len(partners) < 3:
            asyncio.get_running_loop().call_soon(partners[-1].cancel)
            await partners[-1]

    await asyncio.wait_for(tasks.supervise("work", work), 5)
    assert len(partners) == 3
    assert "what it waited for was cancelled" in caplog.text
    await tasks.end(partners)
    caplog.clear()


async def test_what_looks_after_a_failure_may_fail_too(quick, caplog):
    failed = False

    async def work():
        nonlocal failed
        if not failed:
            failed = True
            raise ValueError

    await asyncio.wait_for(tasks.supervise("work", work, lambda _: 1 // 0), 5)
    assert "ZeroDivisionError" in caplog.text


async def test_what_no_one_holds_is_kept_until_it_is_done():
    begun = []

    async def work():
        begun.append(True)
        await asyncio.get_running_loop().create_future()

    task = weakref.ref(tasks.supervise("work", work))
    await eventually(lambda: begun)
    gc.collect()
    assert task() is not None
    await tasks.end([task()])


async def test_those_who_wait_for_the_same_end_with_it_or_leave_by_themselves():
    shared = tasks.begin("shared", asyncio.Event().wait())
    impatient, patient = (asyncio.create_task(tasks.shared(shared)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait([impatient])
    assert not shared.done()
    shared.cancel()
    with pytest.raises(tasks.EndedError):
        await patient
    assert not patient.cancelled()


async def test_a_fault_stays_where_it_is_and_no_more_than_a_fault(caplog):
    with tasks.contained("here", "BOARD") as trying:
        raise ValueError("x")
    assert trying.failed
    assert "A fault in here of board BOARD: ValueError('x')." in caplog.text
    with tasks.contained("here") as trying:
        pass
    assert not trying.failed
    for end in (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
        with pytest.raises(end), tasks.contained("here"):
            raise end


async def test_a_connection_that_ends_while_no_one_waits_is_no_fault(caplog):
    before, loop = faults(), asyncio.get_running_loop()
    handler = loop.get_exception_handler()
    tasks.watch_loop()
    try:
        for error in (BrokenPipeError(), ConnectionResetError(), ValueError("x")):
            ended = loop.create_future()
            ended.set_exception(error)
            del ended
        gc.collect()
        await eventually(lambda: faults() == before + 1)
    finally:
        loop.set_exception_handler(handler)
    assert [record.exc_info[0] for record in caplog.records] == [ValueError]


async def test_what_fails_in_a_callback_or_where_no_one_waits_is_said_and_counted(caplog):
    before, loop = faults(), asyncio.get_running_loop()
    handler = loop.get_exception_handler()
    tasks.watch_loop()
    try:
        loop.call_soon(lambda: 1 // 0)

        async def forgotten():
            raise KeyError("y")

        task = tasks.begin("forgotten", forgotten())
        await asyncio.wait([task])
        del task
        gc.collect()
        await eventually(lambda: faults() == before + 2)
    finally:
        loop.set_exception_handler(handler)
    assert "ZeroDivisionError" in caplog.text
    assert "KeyError('y')" in caplog.text


def test_the_same_fault_again_and_again_fills_no_log(capsys):
    handler = BriefHandler()
    logger = logging.getLogger("server.concurrency.tasks")
    logger.addHandler(handler)
    try:
        for n in range(1000):
            with tasks.contained("line"):
                raise ValueError(n)
        with tasks.contained("line"):
            raise ValueError("elsewhere")
        said = handler.stream.getvalue() if hasattr(handler.stream, "getvalue") else ""
        said = said or capsys.readouterr().err
        assert said.count("Traceback") == 2
        handler.log_summary(at_once=True)
        assert "999 more lines like this in a minute: fault" in capsys.readouterr().err
    finally:
        logger.removeHandler(handler)


def test_a_refusal_can_be_raised_from_many_places_and_grows_by_none():
    kept = Refusal(Code.NO_SUCH_BOARD, "There is none.")
    caught = []
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            raise Refused(kept)
        caught.append(refused.value)
    assert all(each.refusal is kept for each in caught)
    assert len({id(each) for each in caught}) == 3
    assert Refused(Code.NO_SUCH_BOARD, "There is none.").refusal == kept


def sources():
    for file in sorted(SERVER.rglob("*.py")):
        yield file.relative_to(SERVER).as_posix(), ast.parse(file.read_text())


def called(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def test_tasks_begin_in_one_module_and_known_traps_are_in_none():
    for name, tree in sources():
        used = {called(node) for node in ast.walk(tree)}
        assert name == "concurrency/tasks.py" or not used & STARTS, name
        assert not used & TRAPS, name


@pytest.mark.slow
def test_no_exception_is_kept_to_be_raised_again():
    """One that is kept holds the frames through which it went, more with each time."""
    known = {
        name
        for module in (builtins, asyncio, redis_exceptions)
        for name, each in vars(module).items()
        if isinstance(each, type) and issubclass(each, BaseException)
    } | {"Refused", "Problem", "HTTPError"}
    for name, tree in sources():
        made = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and {called(base) for base in node.bases} & known
        }
        for node in ast.walk(tree):
            kept = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            kinds = {
                called(each.func) for each in ast.walk(kept or node) if isinstance(each, ast.Call)
            }
            if kept is not None:
                assert not kinds & (known | made), f"{name}:{node.lineno}"


async def test_an_answer_for_which_no_one_waits_any_more_is_dropped():
    kept, gone = (asyncio.get_running_loop().create_future() for _ in range(2))
    gone.cancel()
    for future in (kept, gone):
        tasks.resolve(future, "first")
        tasks.resolve(future, "second")
    assert kept.result() == "first"
    assert gone.cancelled()
