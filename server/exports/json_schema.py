"""JSON Schemas of what leaves the server as a file, for `docs/`."""

import inspect
from collections.abc import Mapping
from typing import Any

REFERENCE = "#/$defs/{name}"
"""Where msgspec is to look for the parts of a schema."""


def json_schema(title: str, root: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole schema, the same with every version of Python: from 3.13 on, docstrings come
    without their indentation.
    """
    for part in parts.values():
        if "description" in part:
            part["description"] = inspect.cleandoc(part["description"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **root,
        "$defs": parts,
    }
