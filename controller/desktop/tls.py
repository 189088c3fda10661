"""The desktop's TLS: from two files to what the server speaks with, and the same again when the certificate has been renewed.

What is in the key's file must never get into a message.
"""

import ssl
from pathlib import Path


class BadCertificate(Exception):
    """The certificate or its key can't be used; `because` is a sentence that says what to do."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class Tls:
    """TLS 1.2 or newer, with one certificate."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Read both files. Raises `BadCertificate`."""
        self._certificate = certificate
        self._key = key
        self.context = self._read()

    def read_again(self) -> None:
        """Take over a certificate that was renewed: connections from now on get it. Raises `BadCertificate`, and then the old one stays."""
        self._read()
        _load(self.context, self._certificate, self._key)

    def _read(self) -> ssl.SSLContext:
        """Make a context by itself, so that files that can't be used harm none that is in use."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _load(context, self._certificate, self._key)
        return context


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    for path in (certificate, key):
        try:
            path.read_bytes()
        except OSError as failed:
            raise BadCertificate(f"The file {path} can't be read: {failed.strerror or failed}.") from failed
    try:
        context.load_cert_chain(certificate, key, password=_nobody_is_there_to_type_it)
    except _KeyIsEncrypted as encrypted:
        raise BadCertificate(f"The key in {key} is encrypted: decrypt it, and let nobody but the controller read the file.") from encrypted
    except (ssl.SSLError, ValueError) as failed:
        why = failed.reason if isinstance(failed, ssl.SSLError) and failed.reason else "no PEM"
        raise BadCertificate(f"{certificate} and {key} are no certificate in PEM form with its own key ({why}).") from failed


class _KeyIsEncrypted(Exception):
    """OpenSSL has asked for the password of a key."""


def _nobody_is_there_to_type_it() -> str:
    raise _KeyIsEncrypted
