"""HTTPS in this process, for a server without a proxy before it."""

import ssl

from server.settings import Settings


class TlsError(Exception):
    """Certificate and key cannot be used; the message says why."""


def context(settings: Settings) -> ssl.SSLContext | None:
    """Return what the server shows to browsers; None where it speaks HTTP. Raises TlsError."""
    if settings.tls_cert is None:
        return None
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        made.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(
            f"Certificate {settings.tls_cert} and key {settings.tls_key} cannot be used: "
            f"{error.strerror or error}."
        ) from None
    return made
