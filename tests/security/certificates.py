"""Certificates for tests, made by the openssl command when a test needs them."""

import subprocess
from pathlib import Path

REQUEST = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2"]


def self_signed(folder: Path, name: str, *, key_password: str = "") -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 and its key."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    encryption = ["-passout", f"pass:{key_password}"] if key_password else ["-noenc"]
    subprocess.run(
        [*REQUEST, "-addext", "subjectAltName=IP:127.0.0.1", "-subj", f"/CN={name}", "-out", certificate, "-keyout", key, *encryption],
        check=True,
        capture_output=True,
        timeout=20,
    )
    return certificate, key
