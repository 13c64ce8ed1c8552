"""Checks whether requests arrive correctly, through the public address and any proxy."""

import json
import ssl
import urllib.error
import urllib.request
from http import HTTPStatus
from urllib.parse import urlsplit

from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from server.live.create_board import DEFAULT_CODE
from server.network.addresses import local_base, origin_of
from server.ops.findings import Finding, Severity
from server.security import secret
from server.settings import Settings

SECONDS = 5.0
LIES = {"203.0.113.77", "203.0.113.78"}
"""Reserved addresses (RFC 5737). If the server takes one of them for the client's, it believed a
forged header.
"""


def check_proxy(settings: Settings) -> list[Finding]:
    """Examine the path from the public address to the server, and say what to do about it."""
    public = settings.public_url or ""
    try:
        status, body = _fetch(f"{public}/healthz")
    except (OSError, ValueError) as error:
        return [_silent(settings, error)]
    if status != HTTPStatus.OK or _json(body) != {"status": "alive"}:
        return [_wrong_answer(public, status)]
    fine = Finding(Severity.FINE, f"The server answers at {public}.")
    return [fine, *_arrival(settings), *_live(public), *_counters(public)]


def _arrival(settings: Settings) -> list[Finding]:
    """Examine what the server sees of a request: host, scheme, address."""
    public = settings.public_url or ""
    wanted = urlsplit(public)
    try:
        key = secret.read(settings.secret_path)
    except (OSError, secret.SecretError):
        return []
    false = "http" if wanted.scheme == "https" else "https"
    first, second = sorted(LIES)
    lies = {"X-Forwarded-For": first, "X-Real-IP": second}
    lies |= {"X-Forwarded-Proto": false, "X-Scheme": false}
    proof = {"Authorization": f"Bearer {secret.diagnostics_token(key)}"}
    status, body = _fetch(f"{public}/seen", lies | proof)
    seen = _json(body)
    if status != HTTPStatus.OK or not isinstance(seen, dict):
        return [
            Finding(
                Severity.ADVICE,
                f"The server at {public} has a different secret from {settings.secret_path}, so "
                "what its proxy passes on cannot be checked from here.",
            )
        ]
    return [*_host(seen, wanted.netloc, origin_of(public)), *_visitor(seen, wanted.scheme)]


def _host(seen: dict[str, str], wanted: str, origin: str) -> list[Finding]:
    if (seen["host"] or "").lower() == wanted.lower():
        return []
    arrived = f"The proxy passes on Host as {seen['host']!r}, and browsers send {wanted!r}"
    cure = (
        "pass on Host unchanged, with its port (nginx: proxy_set_header Host $http_host; "
        "Apache: ProxyPreserveHost On)."
    )
    # A server of an older version does not say.
    if seen.get("origin") == origin:
        words = (
            f"{arrived}. People can work, because the server knows its public address, but it "
            f"cannot tell by which name they came: {cure}"
        )
        return [Finding(Severity.ADVICE, words)]
    words = (
        f"{arrived}: everything that people do would be refused as coming from another site. It "
        f"must {cure} Or start the server with this --public-url, too."
    )
    return [Finding(Severity.FAULT, words)]


def _visitor(seen: dict[str, str], scheme: str) -> list[Finding]:
    if not seen["proxy_headers"]:
        if seen["forwarded_for"] in LIES:
            return []  # There is no proxy.
        return [
            Finding(
                Severity.FAULT,
                f"There is a proxy, and the server does not trust it: all visitors seem to come "
                f"from {seen['address']} and share its limits. Set --proxy-headers.",
            )
        ]
    if seen["address"] in LIES:
        return [
            Finding(
                Severity.FAULT,
                "A visitor can claim any address: the proxy must set X-Forwarded-For and X-Real-IP "
                "itself, and drop what visitors send under these names "
                "(nginx: proxy_set_header X-Forwarded-For $remote_addr, and the same for "
                "X-Real-IP).",
            )
        ]
    if seen["scheme"] != scheme:
        return [
            Finding(
                Severity.FAULT,
                f"The server takes requests to be {seen['scheme']}: the proxy must set "
                "X-Forwarded-Proto itself, and drop X-Scheme.",
            )
        ]
    return [
        Finding(
            Severity.FINE, f"The proxy passes on the visitor's address (here: {seen['address']})."
        )
    ]


def _live(public: str) -> list[Finding]:
    """Open a live connection as a browser does, and wait for its welcome."""
    address = f"{public.replace('http', 'ws', 1)}/b/{DEFAULT_CODE}/live"
    try:
        with connect(
            address,
            origin=Origin(origin_of(public)),
            subprotocols=[Subprotocol("stackvote.v1")],
            open_timeout=SECONDS,
            close_timeout=SECONDS,
            proxy=None,
        ) as line:
            line.send(json.dumps({"type": "hello", "view": "screen"}))
            line.recv(timeout=SECONDS)
    except InvalidStatus as error:
        return _refused_handshake(error.response.status_code)
    except (InvalidHandshake, OSError, TimeoutError) as error:
        words = f"No live connection can be opened through the proxy ({error})."
    except WebSocketException as error:
        words = f"A live connection through the proxy is closed at once ({error})."
    else:
        return [Finding(Severity.FINE, "A live connection goes through, both ways.")]
    return [Finding(Severity.FAULT, f"{words} Does it pass on WebSockets?")]


def _refused_handshake(status: int) -> list[Finding]:
    if status == HTTPStatus.FORBIDDEN:
        words = (
            "Live connections are refused as coming from another site: the proxy must pass on "
            "Host with its port, Origin and Sec-Fetch-Site unchanged."
        )
    elif status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UPGRADE_REQUIRED}:
        words = (
            "Live connections do not get through: the proxy does not pass on Upgrade and "
            "Connection (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
            "proxy_set_header Connection $stackvote_connection, as in deploy/nginx.conf)."
        )
    else:
        words = f"Live connections do not get through: the answer is {status} instead of 101."
    return [Finding(Severity.FAULT, words)]


def _counters(public: str) -> list[Finding]:
    status, _ = _fetch(f"{public}/metrics")
    if status != HTTPStatus.OK:
        return []
    return [
        Finding(
            Severity.ADVICE,
            f"Anyone can read {public}/metrics. Leave the path out in the proxy, as the files "
            "in deploy/ do.",
        )
    ]


def _silent(settings: Settings, error: Exception) -> Finding:
    why = getattr(error, "reason", error)
    if isinstance(why, ssl.SSLCertVerificationError):
        words = (
            f"The certificate of {settings.public_url} is not trusted ({why.verify_message}): "
            "browsers will not open it."
        )
        return Finding(Severity.FAULT, words)
    words = f"Nothing answers at {settings.public_url} ({why})."
    try:
        _fetch(f"{local_base(settings)}/healthz")
    except (OSError, ValueError):
        return Finding(
            Severity.ADVICE,
            f"{words} Start the server and its proxy and check again, to test whether everything "
            "that browsers send arrives.",
        )
    return Finding(
        Severity.FAULT,
        f"{words} The server itself is running: is the proxy running, does the name lead to it, "
        "does the firewall let it in?",
    )


def _wrong_answer(public: str, status: int) -> Finding:
    if status in {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}:
        words = f"The proxy at {public} does not reach the server ({status}): is that its address?"
    else:
        words = (
            f"What answers at {public} is not Stackvote (status {status}). The proxy must pass "
            "on every path except /metrics."
        )
    return Finding(Severity.FAULT, words)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: if there is one, the proxy does something of its own."""

    def redirect_request(self, *_: object) -> None:
        return None


def _fetch(url: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Fetch an address directly, even if this machine uses a proxy for others. Raises OSError."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    # Only http and https: the settings are validated for that.
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return int(answer.status), answer.read(1 << 16)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(1 << 16)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
