"""What schemathesis cannot know by itself: existing boards, and who may do what on them."""

import json
import os
import random

import schemathesis

_dice = random.Random(os.environ["FUZZ_SEED"])
_keys = json.loads(os.environ["FUZZ_KEYS"])
"""Board code to host key."""
BOARDS = 20


@schemathesis.auth(refresh_interval=None)
class Host:
    """A host with the keys of all boards, in a browser that has a seat."""

    def get(self, case, context):
        return _keys.get((case.path_parameters or {}).get("code"), "no key")

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"
        name, _, value = os.environ["FUZZ_COOKIE"].partition("=")
        case.cookies[name] = value


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Mostly request an existing board."""
    if path_parameters and "code" in path_parameters and _dice.random() < 0.8:
        path_parameters["code"] = _dice.choice(list(_keys))
    return path_parameters


def readable(value):
    """Make texts readable: most of those generated contain characters that are not permitted."""
    if isinstance(value, dict):
        return {
            name: "https://example.org/" if name == "link" else readable(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [readable(each) for each in value]
    if isinstance(value, str):
        return "".join(each if each.isprintable() else "x" for each in value)
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    """Come from any address: the limits by address are tested elsewhere."""
    right = case.meta is not None and case.meta.generation.mode.is_positive
    if right and isinstance(case.body, dict) and _dice.random() < 0.7:
        case.body = readable(case.body)
    case.headers["X-Forwarded-For"] = ".".join(str(_dice.randrange(1, 255)) for _ in range(4))


@schemathesis.hook
def after_call(context, case, response):
    """Remember boards that were created."""
    if response.status_code == 201 and "host_key" in (made := response.json()) and "code" in made:
        if len(_keys) >= BOARDS:
            del _keys[_dice.choice(list(_keys))]
        _keys[made["code"]] = made["host_key"]
