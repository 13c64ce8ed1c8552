"""The JSON Schema of `record.json`: `python -m server.exports.record_schema` prints it."""

import sys
from typing import Any

import msgspec

from server.domain.record import VERSION, Record


def schema() -> dict[str, Any]:
    """Return the schema, of the version that a record names in `version`."""
    (record,), parts = msgspec.json.schema_components((Record,), ref_template="#/$defs/{name}")
    parts[Record.__name__]["properties"]["version"] = {"const": VERSION}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The record of a board, version {VERSION}",
        **record,
        "$defs": parts,
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(schema())) + b"\n")
