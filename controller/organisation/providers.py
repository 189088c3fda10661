"""Makes what fetches an organisation's people, by where they are."""

import time
from pathlib import Path

from controller.dialling.listed_number import ListedNumbers
from controller.directory.organisation import FileSource, GraphSource, LdapSource, Organisation
from controller.organisation.file_provider import FileProvider
from controller.organisation.graph_provider import GraphProvider
from controller.organisation.ldap_provider import LdapProvider
from controller.organisation.provider import Provider


def provider_of(organisation: Organisation, numbers: ListedNumbers, folder: Path) -> Provider:
    """Make it; `folder` is that of the site file."""
    seconds_max = organisation.deadline_seconds
    match organisation.source:
        case FileSource() as source:
            return FileProvider(folder / source.file, numbers=numbers, seconds_max=seconds_max)
        case LdapSource() as source:
            return LdapProvider(source, folder=folder, numbers=numbers, seconds_max=seconds_max)
        case GraphSource() as source:
            return GraphProvider(source, folder=folder, numbers=numbers, seconds_max=seconds_max, clock=time.time)
