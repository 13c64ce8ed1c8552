import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.refusals import Code
from server.live.commands.table import AnyRequest
from server.live.parsing import (
    NotUnderstoodError,
    RefusedRequestError,
    read_hello,
    read_request,
)

TYPES = [each.__struct_config__.tag for each in AnyRequest.__args__]
FIELDS = sorted({name for each in AnyRequest.__args__ for name in each.__struct_fields__} - {"id"})
many = settings(
    max_examples=int(os.environ.get("EXAMPLES", "200")),
    derandomize="EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3)
    ),
    max_leaves=6,
)
messages = st.builds(
    lambda type_, fields: {"type": type_, "id": "a"} | fields,
    st.sampled_from([*TYPES, "hello", "x"]) | values,
    st.dictionaries(st.sampled_from([*FIELDS, "x"]), values, max_size=4),
)


def tried(read, data):
    """Give what was read, or why it was not."""
    try:
        return read(data), None
    except (NotUnderstoodError, RefusedRequestError) as error:
        return None, error


@many
@given(messages)
def test_an_object_with_an_id_is_read_or_refused_by_that_id(message):
    request, error = tried(read_request, json.dumps(message))
    if request is not None:
        assert request.id == "a"
        return
    assert isinstance(error, RefusedRequestError)
    assert error.id == "a"
    assert isinstance(error.refusal.code, Code)
    assert error.refusal.message.endswith(".")


@many
@given(st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_in_is_read_or_told_why_not(data):
    for read in (read_request, read_hello):
        value, error = tried(read, data)
        assert value is not None or str(error).endswith(".")


@pytest.mark.parametrize(
    "deep", ['{"id":"a","x":%s}', '{"type":"vote","id":"a","ballot":{"x":%s}}', "%s"]
)
def test_what_is_nested_too_deeply_is_told_so(deep):
    data = deep % ("[" * 8000 + "]" * 8000)
    with pytest.raises((NotUnderstoodError, RefusedRequestError)):
        read_request(data)
    with pytest.raises(NotUnderstoodError):
        read_hello(data)


@pytest.mark.parametrize(
    "said",
    [
        b'{"id":"\xff","type":"withdraw","round":1}',
        b'{"id":"a","type":"rename","name":"\xff"}',
        b'{"id":"\xff","type":7}',
        b'{"type":"hello","view":"\xff"}',
    ],
)
def test_bytes_that_are_no_text_are_not_understood(said):
    """A session does not pass them on."""
    with pytest.raises(NotUnderstoodError):
        read_request(said)
    with pytest.raises(NotUnderstoodError):
        read_hello(said)
