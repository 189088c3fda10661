"""An authority that signs certificates for tests, by the openssl command."""

import subprocess
from pathlib import Path

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
NEW_RSA_KEY = ["-newkey", "rsa:2048", "-noenc"]
"""What Microsoft Entra wants of an application."""
DAYS = 2


class Authority:
    """Its own certificate is `certificate`; whoever trusts that trusts whom it signs."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self.certificate, self._key = folder / f"{name}.crt", folder / f"{name}.key"
        usage = ["-addext", "keyUsage=critical,keyCertSign"]
        _openssl(
            "req", "-x509", *NEW_KEY, *usage, "-days", str(DAYS), "-subj", f"/CN={name}", "-out", self.certificate, "-keyout", self._key
        )

    def sign(self, name: str, *, host: str = "IP:127.0.0.1", days: int = DAYS, rsa: bool = False) -> tuple[Path, Path]:
        """Make a certificate for a host, such as `DNS:ldap.example.com`, and its key; with less than no days it has expired."""
        certificate, key, request = (self._folder / f"{name}.{ending}" for ending in ("crt", "key", "csr"))
        extensions = self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={host}\n")
        new_key = NEW_RSA_KEY if rsa else NEW_KEY
        _openssl("req", *new_key, "-subj", f"/CN={name}", "-out", request, "-keyout", key)
        by: list[str | Path] = ["-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"]
        _openssl("x509", "-req", "-in", request, *by, "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=20)
