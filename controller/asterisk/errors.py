"""What can go wrong between us and Asterisk. A request either gives its answer or raises one of these; nothing is swallowed.

AriError                    something between us and Asterisk went wrong
├── SwitchAway              no connection to Asterisk; `sent` tells "nothing was done" from "nobody knows"
├── NoAnswer                Asterisk did not answer in time: nobody knows whether it was done, or still will be
├── NotUnderstood           Asterisk answered with something that is not ARI
├── TooOld                  the site file wants commands over the WebSocket, and this release takes none there
├── Deaf                    requests are answered, but Asterisk's events do not reach us
└── RequestFailed           Asterisk answered: no. `status` and `message` are Asterisk's own
    ├── Gone                the channel or bridge is not there (any more), or not in a state for this: harmless after a hang-up
    ├── AlreadyThere        the id is taken, or the channel is dialled already: look before believing it (see below)
    ├── Unreachable         there is no such telephone, or it is not registered
    ├── CantRing            the telephone is registered, and Asterisk can't ring it all the same: no RTP port is left, for one
    ├── Foreign             the id is taken by another application of the same Asterisk
    ├── NotAllowed          the password is wrong, or this user may only read
    └── Booting             Asterisk is starting and takes no requests yet
Replaced                    another controller has connected as our application. No request raises it: it ends the attachment, for good

Asterisk answers 409 "already exists" also for a telephone that is not registered when an earlier `channels/create` on the same socket met
a taken id: it keeps the last reason. So after `AlreadyThere`, GET the channel; Gone then means Unreachable.
"""

from http import HTTPStatus


class AriError(Exception):
    """Something between us and Asterisk went wrong. `request` is what was asked, for the log: `POST channels/42.1/answer`."""

    def __init__(self, request: str, sentence: str) -> None:
        super().__init__(f"{request}: {sentence}")
        self.request = request


class SwitchAway(AriError):
    """There is no connection to Asterisk.

    `sent` is False: nothing was done. `sent` is True: the connection was lost while Asterisk had the request, and nobody knows whether it
    was done, or still will be; look before asking again.
    """

    def __init__(self, request: str, because: str, *, sent: bool) -> None:
        outcome = "nobody knows whether it was done" if sent else "nothing was done"
        super().__init__(request, f"no connection to Asterisk ({because}); {outcome}")
        self.because = because
        self.sent = sent


class NoAnswer(AriError):
    """Asterisk did not answer in time: nobody knows whether it was done, or still will be; look before asking again."""

    def __init__(self, request: str, seconds_max: float) -> None:
        super().__init__(request, f"no answer from Asterisk in {seconds_max:g} s; nobody knows whether it was done")
        self.seconds_max = seconds_max


class NotUnderstood(AriError):
    """Asterisk answered with something that is not ARI."""

    def __init__(self, request: str, because: str) -> None:
        super().__init__(request, f"the answer is not ARI: {because}")
        self.because = because


class TooOld(AriError):
    """The site file wants REST over WebSocket, and this release has none: it would read every request and answer none."""

    def __init__(self, request: str, release: str) -> None:
        super().__init__(request, f'Asterisk {release} has no REST over WebSocket: say transport = "auto" in [asterisk]')


class Deaf(AriError):
    """Requests are answered, but Asterisk's events do not reach us: a marker that we asked for has not come."""

    def __init__(self, request: str, seconds_max: float) -> None:
        super().__init__(request, f"Asterisk answers, but its events do not reach us: no marker in {seconds_max:g} s")
        self.seconds_max = seconds_max


class RequestFailed(AriError):
    """Asterisk answered: no. `status` is HTTP's, `message` is Asterisk's own sentence and may be empty."""

    def __init__(self, request: str, status: int, message: str) -> None:
        super().__init__(request, f"Asterisk answered {status} {message or 'without a word'}")
        self.status = status
        self.message = message


class Gone(RequestFailed):
    """The channel or bridge is not there (any more), or not in a state for this. Harmless after a hang-up."""


class AlreadyThere(RequestFailed):
    """The id is taken, or the channel is dialled already. Look before believing it: see the module's docstring."""


class Unreachable(RequestFailed):
    """There is no such telephone, or it is not registered."""


class CantRing(RequestFailed):
    """The telephone is registered, and Asterisk can't ring it all the same: no RTP port is left, for one. Our trouble, not the agent's."""


class Foreign(RequestFailed):
    """The id is taken by another application of the same Asterisk: nobody of ours may be brought there, and it may not be deleted."""


class NotAllowed(RequestFailed):
    """The password is wrong, or this user may only read."""


class Booting(RequestFailed):
    """Asterisk is starting and takes no requests yet."""


class Replaced(Exception):
    """Another controller has connected as our application: it hears the events from now on, and we must not act any more."""

    def __init__(self, app: str) -> None:
        super().__init__(f"another controller has connected to Asterisk as the application {app!r}")
        self.app = app


_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY}
_NOT_ALLOWED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def failure(request: str, status: int, message: str) -> RequestFailed:
    """Choose the error for an answer that is not a success. Asterisk's status alone does not say enough, so its message is read too."""
    said = message.lower()
    kind = RequestFailed
    if status in _NOT_ALLOWED:
        kind = NotAllowed
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        kind = Booting
    elif status == HTTPStatus.CONFLICT and ("already exists" in said or "not in the 'down' state" in said):
        kind = AlreadyThere
    elif status == HTTPStatus.CONFLICT and "recording" in said:
        # The channel lives, and a recording runs on it: that is our own mistake, not a hang-up that crossed our request.
        kind = RequestFailed
    elif status in _GONE or (status == HTTPStatus.BAD_REQUEST and "not found" in said):
        kind = Gone
    elif status == HTTPStatus.INTERNAL_SERVER_ERROR and request.startswith("POST channels/create"):
        # Asterisk says "Allocation failed" for every endpoint that it cannot ring.
        kind = Unreachable
    return kind(request, status, message)
