"""The site as its file describes it, with what the file names beside it: read from this machine's disk and environment."""

import os
from pathlib import Path

from controller.directory.site import Site
from controller.directory.site_source import site_from


def site_of(path: Path) -> Site:
    """Read a site file and the secrets that it keeps elsewhere; their paths count from its folder. Raises `BadSiteFile`."""
    return site_from(str(path.absolute()), read_file=lambda name: (path.parent / name).read_text("utf-8-sig"), environ=os.environ)
