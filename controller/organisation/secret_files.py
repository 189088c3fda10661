"""A file in which a password stands, and nothing else. What is in it must never get into a message."""

from controller.organisation.reading import NotFetched


def secret_in(path: str, key: str, bytes_max: int) -> str:
    """Read one; `key` is what the site file calls it. A line end behind it does not belong to it. Raises `NotFetched`."""
    try:
        with open(path, "rb") as file:
            raw = file.read(bytes_max + 1)
    except OSError as failed:
        raise NotFetched(f"{key} can't be read: {failed.strerror or failed}") from failed
    if len(raw) > bytes_max:
        raise NotFetched(f"{key} is longer than {bytes_max} bytes: nothing but the secret may stand in it")
    try:
        secret = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise NotFetched(f"{key} is no text in UTF-8") from None
    if not secret:
        # Some directories take an empty password for a guest's, and say that all is well.
        raise NotFetched(f"{key} is empty")
    return secret
