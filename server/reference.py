"""The page of all settings, made from the settings: `python -m server.reference`."""

from server.settings import KNOBS, Knob

_OPENING = """\
# Settings

Made by `make docs` from `server/settings.py`; change them there.

Each setting is an option of every command of `stackvote`, and a name in the environment. An
option comes before the environment, the environment before the default. An empty value in the
environment counts as not given. `stackvote check` shows whether a server could run with what you
have set.
"""


def settings_page() -> str:
    """Give the page in Markdown."""
    return "\n".join([_OPENING, *map(_section, KNOBS)])


def _section(knob: Knob) -> str:
    flag = f"{knob.flag}`, `--no-{knob.flag[2:]}" if knob.is_switch else knob.flag
    lines = [f"## {knob.name}", "", knob.help, "", f"- Option: `{flag}`"]
    lines += [f"- Environment: `{knob.environment}`", f"- Value: {knob.allowed}"]
    if knob.unit:
        lines.append(f"- Unit: {knob.unit}")
    lines.append(f"- Default: {_default(knob)}")
    return "\n".join([*lines, ""])


def _default(knob: Knob) -> str:
    if knob.default in {None, "", ()}:
        return "empty"
    return f"`{str(knob.default).lower() if knob.is_switch else knob.default}`"


if __name__ == "__main__":
    print(settings_page(), end="")  # noqa: T201
