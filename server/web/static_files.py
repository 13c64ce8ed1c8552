"""Scripts, styles and images, at addresses that change when any of them does."""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from server.brand import STACKVOTE, Brand, Logo
from server.web.accept_encoding import accepted
from server.web.bundles import ENCODINGS, Bundles
from server.web.handler import HEADERS, Access, repair_origin, require_own_name
from server.words import catalogue
from server.words.catalogue import words

MANIFEST = "stackvote.webmanifest"
_YEAR = 365 * 86_400
_STARTED = time.time()


class _Versioned(RequestHandler):
    """A file at a path that begins with the version.

    So a module's relative imports are of the same version.
    """

    access = Access.ANYONE
    headers: ClassVar[Mapping[str, str]] = HEADERS

    async def prepare(self) -> None:
        require_own_name(self)
        await self.application.settings["site"].fair_queue.acquire()

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in self.headers.items():
            if name != "Cache-Control":
                self.set_header(name, value)

    def let_cache(self, known: bool) -> None:
        """Have the answer kept for good if it is known to be what its address says."""
        self.set_header(
            "Cache-Control", f"public, max-age={_YEAR}, immutable" if known else "no-cache"
        )


class StaticFiles(_Versioned, StaticFileHandler):
    """Files of `static/`."""

    def initialize(self, path: str, version: str = "") -> None:  # type: ignore[override]
        super().initialize(path)
        repair_origin(self.request)
        self._version = version

    async def get(self, version: str, path: str) -> None:  # type: ignore[override]
        if "\0" in path:
            raise HTTPError(404)  # The system would reject such a name.
        self._known = version == self._version
        await super().get(path)

    async def head(self, version: str, path: str) -> None:  # type: ignore[override]
        await self.get(version, path)

    @classmethod
    def get_content(cls, abspath: str, start: int | None = None, end: int | None = None) -> bytes:  # type: ignore[override]
        """Return the whole content, so that no file stays open for a slow reader."""
        return b"".join(super().get_content(abspath, start, end))

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - Tornado's signature
        # While a new version is rolled out, another process may answer for it, and this one may
        # find the new version's files in place of its own. Such answers must not be cached.
        own = self.absolute_path and Path(self.absolute_path).stat().st_ctime <= _STARTED
        self.let_cache(known=self._known and bool(own))


class BundleFile(_Versioned):
    """The script or the styles of a page, joined and compressed: `pages/ballot.js`."""

    # The others concern documents.
    headers: ClassVar[Mapping[str, str]] = {
        name: HEADERS[name] for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
    }

    def initialize(self, bundles: Bundles, version: str) -> None:
        repair_origin(self.request)
        self._bundles = bundles
        self._version = version

    async def get(self, version: str, name: str) -> None:
        if (bundle := await self._bundles.find(name)) is None:
            raise HTTPError(404)
        self.set_header("Content-Type", f"{bundle.content_type}; charset=UTF-8")
        self.set_header("Vary", "Accept-Encoding")
        self.let_cache(version == self._version)
        body = bundle.body
        if encoding := accepted(self.request.headers.get("Accept-Encoding", ""), ENCODINGS):
            self.set_header("Content-Encoding", encoding)
            body = await asyncio.to_thread(bundle.encoded, encoding)
        self.finish(body)

    async def head(self, version: str, name: str) -> None:
        await self.get(version, name)


class ServiceWorker(_Versioned):
    """The service worker. Its address is above the pages that it may serve, and stays the same: a
    browser compares what it has with what is there now.
    """

    headers: ClassVar[Mapping[str, str]] = HEADERS | {
        "Content-Security-Policy": "default-src 'none'; connect-src 'self'"
    }

    def initialize(self, bundles: Bundles) -> None:
        repair_origin(self.request)
        self._bundles = bundles

    async def get(self) -> None:
        if (script := await self._bundles.find("worker.js")) is None:
            raise HTTPError(404)
        self.set_header("Content-Type", f"{script.content_type}; charset=UTF-8")
        self.let_cache(known=False)
        self.finish(script.body)

    async def head(self) -> None:
        await self.get()


class BrandLogo(_Versioned):
    """The logo of an operator's brand. As a page of its own, it could run nothing."""

    headers: ClassVar[Mapping[str, str]] = HEADERS | {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    }

    def initialize(self, logo: Logo | None, version: str) -> None:
        repair_origin(self.request)
        self._logo = logo
        self._version = version

    async def get(self, version: str) -> None:
        if self._logo is None:
            raise HTTPError(404)
        self.set_header("Content-Type", self._logo.content_type)
        self.let_cache(version == self._version)
        self.finish(self._logo.body)

    async def head(self, version: str) -> None:
        await self.get(version)


class WebManifest(_Versioned):
    """What a phone that installs the home page is told: a file of `static/`, with its words."""

    def initialize(self, path: str, version: str, brand: Brand) -> None:
        repair_origin(self.request)
        self._file = Path(path) / MANIFEST
        self._version = version
        self._brand = brand

    async def get(self, version: str) -> None:
        manifest = json.loads(self._file.read_text(encoding="utf-8")) | _manifest_words()
        manifest |= _manifest_brand(self._brand)
        self.set_header("Content-Type", "application/manifest+json")
        self.let_cache(version == self._version)
        self.finish(json.dumps(manifest, ensure_ascii=False))

    async def head(self, version: str) -> None:
        await self.get(version)


def _manifest_brand(brand: Brand) -> dict[str, Any]:
    """Return what an operator's brand changes; nothing for our own."""
    if not brand.is_own:
        return {}
    told: dict[str, Any] = {
        "name": brand.name,
        "short_name": brand.name,
        "theme_color": brand.light,
    }
    if brand.logo is not None:
        # A browser that wants a square makes one of it.
        told["icons"] = [{"src": "brand/logo", "sizes": "any", "type": brand.logo.content_type}]
    return told


def _manifest_words() -> dict[str, str]:
    return {"lang": catalogue.language(), "description": words("site-description")}


def static_version(folder: Path, brand: Brand = STACKVOTE) -> str:
    """Return a hash of all that pages load: a folder's content, the words in it, and the brand."""
    language = catalogue.language()
    loaded = (
        f"{version_of(folder)}{language}{catalogue.sources(language)}{_manifest_words()}{brand}"
    )
    return hashlib.blake2b(loaded.encode(), digest_size=6).hexdigest()


def version_of(folder: Path) -> str:
    """Return a hash of a folder's content."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
