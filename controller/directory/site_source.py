"""A site from wherever its file is kept. Pure: the caller hands in the way to read a file, and the environment."""

from collections.abc import Callable, Mapping

from controller.directory.site import Site
from controller.directory.site_file import read_site
from controller.directory.site_mistakes import BadSiteFile, Mistake
from controller.directory.site_secrets import secrets_from


def site_from(name: str, *, read_file: Callable[[str], str], environ: Mapping[str, str]) -> Site:
    """Read the site file of this name, and what it keeps elsewhere, with `read_file` (which may raise OSError or UnicodeDecodeError).

    Raises `BadSiteFile`, also when there is no such file.
    """
    try:
        text = read_file(name)
    except OSError as failed:
        raise BadSiteFile([Mistake(0, "", f"{name} can't be read: {failed.strerror or failed}")]) from failed
    except UnicodeDecodeError as failed:
        line = failed.object.count(b"\n", 0, failed.start) + 1
        raise BadSiteFile([Mistake(line, "", "this line is no text in UTF-8: save the file as UTF-8")]) from failed
    return read_site(text, secret=secrets_from(environ, read_file), read_file=read_file)
