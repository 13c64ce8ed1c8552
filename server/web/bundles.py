"""The scripts and styles of a page, joined and compressed, so that a phone loads two files.

The sources are plain ES modules and style sheets that browsers could load as they are. A page's
bundle has its modules in the order of their imports, each in a scope of its own; comments and blank
space are left out. A script begins with the sentences that it says (`server/words/browser.py`).
"""

import asyncio
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import brotli
import rcssmin
import rjsmin
import zopfli.gzip

from server.words import browser

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function\*?) (\w+))", re.MULTILINE)
_SHEET = re.compile(r'^@import url\("([^"]+)"\)(?: layer\((\w+)\))?;\n', re.MULTILINE)
_LATER = re.compile(r'\bawait import\("([^"]+)"\)')
_INSIDE = re.compile(r"(?<=[^\s{},;>+~(/])\s+(?=::?[a-z])")
"""The space in `.table :is(td)`; before the colon of a value our sources have none."""
_OTHER = re.compile(r"^(?:import\b|export\b|@import\b).*", re.MULTILINE)
_TEXT = re.compile(r'"([\w-]+)"')

_WORDS = "_words"
"""The scope of `js/words.js`."""
_CLASSIC = "js/watchdog.js"
"""No module, because browsers that cannot load modules run it."""
_WORKER = "js/offline/worker.js"
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT),
    "gzip": lambda body: zopfli.gzip.compress(body, numiterations=1),
}
"""What bundles can be compressed with, by the names of HTTP, the best first."""


class BundleError(Exception):
    """A source has a form that cannot be joined. The message names the file."""


class Bundle:
    """A joined file, as it is and compressed."""

    def __init__(self, name: str, text: str) -> None:
        self.content_type = f"text/{'css' if name.endswith('.css') else 'javascript'}"
        self.body = text.encode()
        self._encoded: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def encoded(self, encoding: str) -> bytes:
        """Return it compressed. The first call takes too long for the event loop."""
        with self._lock:
            if encoding not in self._encoded:
                self._encoded[encoding] = ENCODINGS[encoding](self.body)
            return self._encoded[encoding]


class Bundles:
    """The bundles of all pages, joined when the first of them is asked for."""

    def __init__(self, static: Path, language: str, styles: str = "") -> None:
        """Read what stands in `static/` now: an upgrade may replace it while this process runs.

        `styles` are rules of a brand, which replace values of `tokens.css`.
        """
        self._static = static.resolve()
        self._sources = {
            path: path.read_text(encoding="utf-8")
            for path in self._static.rglob("*")
            if path.suffix in {".js", ".css"}
        }
        self._language = language
        self._styles = styles
        self._joined: Mapping[str, Bundle] | None = None
        self._lock = threading.Lock()

    async def find(self, name: str) -> Bundle | None:
        """Return a bundle; None if there is none of this name. Raises BundleError."""
        joined = self._joined
        if joined is None:
            joined = await asyncio.to_thread(self.all)
        return joined.get(name)

    def all(self) -> Mapping[str, Bundle]:
        """Return the bundles by name: `ballot.js` for `js/ballot/page.js`, `ballot-results.js` for
        what that loads later from `results.js`, `ballot.css` for `css/pages/ballot.css`, and
        `worker.js` for the service worker.

        The first call takes too long for the event loop. Raises BundleError.
        """
        with self._lock:
            if self._joined is None:
                self._joined = self._join()
            return self._joined

    def _join(self) -> dict[str, Bundle]:
        modules = _Modules(self._static / "js", self._sources, self._language)
        joined: dict[str, str] = {}
        for path, source in self._sources.items():
            name = path.relative_to(self._static)
            if name.match("js/*/page.js"):
                joined |= modules.joined(path.parent.name, path)
            elif name.match(_WORKER):
                joined |= modules.joined(path.stem, path)
            elif name.match("css/pages/*.css"):
                sheet = _sheet(path, self._sources)
                if self._styles and "@layer tokens" in sheet:
                    sheet += f"@layer tokens {{\n{self._styles}\n}}\n"
                joined[path.name] = _minified(sheet)
            elif name.match(_CLASSIC):
                joined[path.name] = rjsmin.jsmin(source)
        return {name: Bundle(name, text) for name, text in joined.items()}


class _Module(NamedTuple):
    scope: str
    """The name of the object with its exports."""
    text: str
    """A statement that defines this object."""
    exports: list[str]
    imports: list[Path]
    later: list[Path]
    """What it loads while it runs."""


class _Modules:
    """Modules, each put into its scope once."""

    def __init__(self, folder: Path, sources: Mapping[Path, str], language: str) -> None:
        self._folder = folder
        self._sources = sources
        self._language = language
        self._read: dict[Path, _Module] = {}

    def joined(self, page: str, path: Path) -> dict[str, str]:
        """Return the script of a page, and those that it loads later, by name."""
        first = self._order(path)
        text = "".join(self._module(each).text for each in first)
        said = _named(text)
        scripts: dict[str, str] = {}
        lent: set[str] = set()
        for later in dict.fromkeys(each for one in first for each in self._module(one).later):
            name = f"{page}-{later.stem}.js"
            text = text.replace(_later(later), f'import("./{name}")')
            own = [each for each in self._order(later) if each not in first]
            used = {imported for each in own for imported in self._module(each).imports}
            borrowed = {self._module(each).scope for each in used - set(own)} | {_WORDS}
            lent |= borrowed
            rest = "".join(self._module(each).text for each in own)
            entry = self._module(later)
            scripts[name] = (
                f'import {{ {", ".join(sorted(borrowed))} }} from "./{page}.js";\n'
                f"{_WORDS}.addMessages({browser.sentences(self._language, _named(rest) - said)});\n"
                f"{rjsmin.jsmin(rest)}\n"
                f"export const {{ {', '.join(entry.exports)} }} = {entry.scope};\n"
            )
        told = browser.script(self._language, said)
        ending = f"\nexport {{ {', '.join(sorted(lent))} }};\n" if lent else ""
        return scripts | {f"{page}.js": told + rjsmin.jsmin(text) + ending}

    def _order(self, path: Path) -> list[Path]:
        """Return a module behind all that it imports."""
        imports = {each: self._module(each).imports for each in self._reached(path)}
        try:
            return list(TopologicalSorter(imports).static_order())
        except CycleError as error:
            names = " → ".join(map(self._name, error.args[1]))
            raise BundleError(f"Modules import each other in a circle: {names}.") from None

    def _reached(self, path: Path) -> Iterable[Path]:
        reached = {path: None}
        waiting = [path]
        while waiting:
            for each in self._module(waiting.pop()).imports:
                if each not in reached:
                    reached[each] = None
                    waiting.append(each)
        return reached

    def _module(self, path: Path) -> _Module:
        if path not in self._read:
            self._read[path] = self._scoped(path)
        return self._read[path]

    def _scoped(self, path: Path) -> _Module:
        text = self._sources[path]
        imports: list[Path] = []
        later: list[Path] = []

        def bound(found: re.Match[str]) -> str:
            imports.append((path.parent / found[2]).resolve())
            return f"const {{{found[1].replace(' as ', ': ')}}} = {self._scope(imports[-1])};\n"

        def postponed(found: re.Match[str]) -> str:
            later.append((path.parent / found[1]).resolve())
            return f"await {_later(later[-1])}"

        body = _EXPORT.sub("", _LATER.sub(postponed, _IMPORT.sub(bound, text)))
        _require_nothing_else(self._name(path), body)
        exports = _EXPORT.findall(text)
        scope = self._scope(path)
        returned = f"return {{ {', '.join(exports)} }};"
        whole = f"const {scope} = (() => {{\n{body}\n{returned}\n}})();\n"
        return _Module(scope, whole, exports, imports, later)

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._folder))

    def _scope(self, path: Path) -> str:
        return "_" + re.sub(r"\W", "_", self._name(path).removesuffix(".js"))


def _named(text: str) -> set[str]:
    """Return what may be ids of sentences in a script."""
    return set(_TEXT.findall(text))


def _later(path: Path) -> str:
    """Return what stands for the loading of a module until the name of its bundle is known."""
    return f'import("{path}")'


def _sheet(path: Path, sources: Mapping[Path, str]) -> str:
    """Return a style sheet with those that it imports in their places."""

    def placed(found: re.Match[str]) -> str:
        text = _sheet((path.parent / found[1]).resolve(), sources)
        return f"@layer {found[2]} {{\n{text}\n}}\n" if found[2] else text

    sheet = _SHEET.sub(placed, sources[path])
    _require_nothing_else(path.name, sheet)
    return sheet


def _minified(sheet: str) -> str:
    """Return a sheet without comments and blank space.

    In a layer, rcssmin takes `.table :is(td)` for a property and its value, and would make it
    `.table:is(td)`, which is something else. `.table *:is(td)` means the same and stays.
    """
    minified: str = rcssmin.cssmin(_INSIDE.sub(" *", sheet))
    return minified


def _require_nothing_else(name: str, text: str) -> None:
    if other := _OTHER.search(text):
        raise BundleError(f"{name} cannot be joined with others: {other[0]}")
