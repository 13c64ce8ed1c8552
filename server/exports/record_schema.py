"""The JSON Schema of `record.json`: `python -m server.exports.record_schema` prints it."""

import sys
from typing import Any

import msgspec

from server.domain.record import VERSION, Record
from server.exports.json_schema import REFERENCE, json_schema


def schema() -> dict[str, Any]:
    """Return the schema, of the version that a record names in `version`."""
    (record,), parts = msgspec.json.schema_components((Record,), ref_template=REFERENCE)
    parts[Record.__name__]["properties"]["version"] = {"const": VERSION}
    return json_schema(f"The record of a board, version {VERSION}", record, parts)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(schema())) + b"\n")
