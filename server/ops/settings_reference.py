"""Makes the reference of all settings: `python -m server.ops.settings_reference`."""

from server.settings import SETTINGS, Setting

_OPENING = """\
# Settings

Made by `make docs` from `server/settings.py`; change them there.

Each setting is an option of every command of `stackvote`, and a name in the environment. An
option comes before the environment, the environment before the default. An empty value in the
environment counts as not given. `stackvote check` shows whether a server could run with what you
have set.
"""


def settings_page() -> str:
    """Return the page in Markdown."""
    return "\n".join([_OPENING, *map(_section, SETTINGS)])


def _section(setting: Setting) -> str:
    flag = f"{setting.flag}`, `--no-{setting.flag[2:]}" if setting.is_switch else setting.flag
    lines = [f"## {setting.name}", "", setting.help, "", f"- Option: `{flag}`"]
    lines += [f"- Environment: `{setting.environment}`", f"- Value: {setting.allowed}"]
    if setting.unit:
        lines.append(f"- Unit: {setting.unit}")
    lines.append(f"- Default: {_default(setting)}")
    return "\n".join([*lines, ""])


def _default(setting: Setting) -> str:
    if setting.default in {None, "", ()}:
        return "empty"
    return f"`{str(setting.default).lower() if setting.is_switch else setting.default}`"


if __name__ == "__main__":
    print(settings_page(), end="")  # noqa: T201
