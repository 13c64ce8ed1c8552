from pathlib import Path

import msgspec

from server.exports.record_schema import schema

SCHEMA = Path(__file__).parents[2] / "docs" / "record.schema.json"


def test_the_schema_that_is_documented_is_that_of_the_code():
    assert msgspec.json.decode(SCHEMA.read_bytes()) == msgspec.json.decode(
        msgspec.json.encode(schema())
    )


def test_it_names_its_version():
    record = schema()["$defs"]["Record"]
    assert record["properties"]["version"] == {"const": 1}
    assert record["properties"]["rounds"]["items"] == {"$ref": "#/$defs/RecordedRound"}
