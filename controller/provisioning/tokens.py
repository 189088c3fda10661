"""Who may fetch a telephone's files: whoever shows a token that is not used yet, and not over. Pure: time and chance are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from controller.directory.ids import Seconds
from controller.provisioning.device_files import Asked
from controller.provisioning.telephones import Telephone


@dataclass(slots=True)
class Token:
    """What one token is good for: the files of one telephone, or of each of several whose hardware addresses are known, once."""

    telephones: tuple[Telephone, ...]
    until: Seconds
    used_for: set[str] = field(default_factory=set)
    """The telephones whose password has been given away."""


class Tokens:
    """The tokens of one run. There are as many as telephones and one more, so they need no further limit."""

    def __init__(self) -> None:
        self._known: dict[str, Token] = {}

    def add(self, token: str, telephones: Iterable[Telephone], until: Seconds) -> None:
        """From now on this one is good."""
        self._known[token] = Token(tuple(telephones), until)

    def telephone_for(self, token: str, asked: Asked, now: Seconds) -> Telephone | None:
        """Say whose files these are; None: nobody's, whatever is wrong, so that a stranger learns nothing."""
        known = self._known.get(token)
        if known is None or known.until <= now:
            return None
        is_alone = len(known.telephones) == 1
        fits = [one for one in known.telephones if not asked.mac or asked.mac == one.mac or (is_alone and not one.mac)]
        if not asked.mac and not is_alone:
            return None  # a program has no hardware address by which to tell whose it is
        return next((one for one in fits if one.endpoint not in known.used_for), None)

    def use(self, token: str, telephone: Telephone) -> None:
        """The password of this telephone has been given away: no token gives it again."""
        for known in self._known.values():
            if telephone in known.telephones:
                known.used_for.add(telephone.endpoint)

    def are_all_used(self) -> bool:
        """Nothing is left to be fetched."""
        return all(one.endpoint in known.used_for for known in self._known.values() for one in known.telephones)
