"""Scripts, styles and pictures, under addresses that change when any of them does."""

import hashlib
import time
from pathlib import Path

from tornado.web import HTTPError, StaticFileHandler

from server.web.handler import HEADERS, Access, mend_origin, require_own_name

_YEAR = 365 * 86_400
_STARTED = time.time()


class Files(StaticFileHandler):
    """Files of `static/`. The version stands first in the path, so that what a module
    imports by a relative path is of the same version.
    """

    access = Access.ANYONE

    def initialize(self, path: str, version: str = "") -> None:  # type: ignore[override]
        super().initialize(path)
        mend_origin(self.request)
        self._version = version

    async def prepare(self) -> None:
        require_own_name(self)
        await self.application.settings["site"].turns.mine()

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            if name != "Cache-Control":
                self.set_header(name, value)

    async def get(self, version: str, path: str) -> None:  # type: ignore[override]
        if "\0" in path:
            raise HTTPError(404)  # The system would not even look for such a name.
        self._asked = version
        await super().get(path)

    async def head(self, version: str, path: str) -> None:  # type: ignore[override]
        await self.get(version, path)

    @classmethod
    def get_content(cls, abspath: str, start: int | None = None, end: int | None = None) -> bytes:  # type: ignore[override]
        """Return the content whole: no file stays open for somebody who reads slowly."""
        return b"".join(super().get_content(abspath, start, end))

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - Tornado's signature
        # While a new version is rolled out, another process may answer for it, and this one may
        # find the new version's files in the place of its own: not to keep.
        own = self.absolute_path and Path(self.absolute_path).stat().st_ctime <= _STARTED
        known = self._asked == self._version and own
        self.set_header(
            "Cache-Control", f"public, max-age={_YEAR}, immutable" if known else "no-cache"
        )


def version_of(folder: Path) -> str:
    """Name the content of a folder."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
