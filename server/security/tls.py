"""HTTPS in this process, for a server without a proxy in front of it."""

import ssl

from server.settings import Settings


class TlsError(Exception):
    """Certificate or key cannot be used; the message says why."""


def context(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context of the server; None if it uses HTTP. Raises TlsError."""
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
    # By default, OpenSSL would ask the terminal for one, and a service would wait forever.
    raise TlsError(
        "The key in --tls-key is protected by a passphrase, which no one can type when the "
        "server starts. Remove it, and keep the file readable only for the server's user: "
        "openssl pkey -in KEY -out PLAIN."
    )
