"""A private authority, and what it issues to stores and to their clients."""

import trustme


class Tls:
    """The files of an authority, of servers with some names, and of a client, in a folder."""

    def __init__(self, folder, *names):
        folder.mkdir()
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self._server = self._issue(folder, "server", authority.issue_cert(*names))
        self._client = self._issue(folder, "client", authority.issue_cert("stackvote.example"))

    @staticmethod
    def _issue(folder, whose, issued):
        cert, key = folder / f"{whose}.pem", folder / f"{whose}.key"
        issued.cert_chain_pems[0].write_to_path(cert)
        issued.private_key_pem.write_to_path(key)
        return cert, key

    @property
    def options(self):
        """The options of a store that lets in only those who have a certificate of the authority."""
        cert, key = self._server
        files = {"tls_cert_file": cert, "tls_key_file": key, "tls_ca_cert_file": self.ca}
        return files | {"tls_replication": "yes"}

    def url(self, url, *, ca=None, client=True):
        """Return the address of a store that is reached over TLS.

        `ca` is an authority to trust instead of this one. Without `client` no certificate is shown.
        """
        cert, key = self._client
        files = f"ssl_ca_certs={ca or self.ca}"
        if client:
            files += f"&ssl_certfile={cert}&ssl_keyfile={key}"
        return f"{url.replace('redis', 'rediss', 1)}{'&' if '?' in url else '?'}{files}"
