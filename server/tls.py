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
        made.load_cert_chain(settings.tls_cert, settings.tls_key, _no_passphrase)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(
            f"Certificate {settings.tls_cert} and key {settings.tls_key} cannot be used: "
            f"{error.strerror or error}."
        ) from None
    return made


def _no_passphrase() -> str:
    # By itself OpenSSL would ask the terminal for one, and a service would wait for ever.
    raise TlsError(
        "The key in --tls-key is locked with a passphrase, which nobody is there to type at a "
        "start. Unlock it, readable for the server's user alone: openssl pkey -in KEY -out PLAIN."
    )
