"""Start again what `docker kill` ended.

The engine's own restart policy covers a process that dies, but counts `docker kill` as a wish of the administrator and
lets the container lie. A telephone exchange should come back from that too. This reads the engine's events for the
containers of one stack and starts a container that was killed outright. It never starts one that was stopped
(`docker stop`, which asks before it kills) or removed, and does nothing else.
"""

import http.client
import json
import os
import socket
import sys
import urllib.parse
from collections.abc import Iterator
from typing import Any

SOCKET = "/var/run/docker.sock"
KILLED_OUTRIGHT = "9"
START_SECONDS_MAX = 30.0


class EngineConnection(http.client.HTTPConnection):
    """HTTP over the engine's socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(SOCKET)


def events(stack: str) -> Iterator[dict[str, Any]]:
    """Yield what happens to the containers of the stack, until the engine goes away."""
    wanted = {"type": ["container"], "event": ["kill", "die"], "label": [f"ari-controller.stack={stack}"]}
    connection = EngineConnection("engine", timeout=None)
    connection.request("GET", "/events?filters=" + urllib.parse.quote(json.dumps(wanted)))
    reply = connection.getresponse()
    if reply.status != http.HTTPStatus.OK:
        raise ConnectionError(f"the engine answered {reply.status} to a request for its events")
    while line := reply.readline():
        yield json.loads(line)


def start(container: str) -> str:
    """Ask the engine to start a container; return what it said."""
    connection = EngineConnection("engine", timeout=START_SECONDS_MAX)
    connection.request("POST", f"/containers/{container}/start")
    reply = connection.getresponse()
    text = reply.read().decode(errors="replace").strip()
    connection.close()
    return "started again" if reply.status == http.HTTPStatus.NO_CONTENT else f"not started ({reply.status}): {text}"


def keep_running(stack: str) -> None:
    """Follow the events; a container dies of an outright kill when that was the first signal it was sent."""
    first_signal: dict[str, str] = {}
    for event in events(stack):
        container, attributes = event["id"], event["Actor"]["Attributes"]
        if event["Action"] == "kill":
            first_signal.setdefault(container, attributes["signal"])
        elif first_signal.pop(container, None) == KILLED_OUTRIGHT:
            print(f"{attributes['name']} was killed: {start(container)}", flush=True)


if __name__ == "__main__":
    try:
        keep_running(os.environ["STACK"])
    except OSError as lost:
        sys.exit(f"{SOCKET}: {lost}")
