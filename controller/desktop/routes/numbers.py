"""What the dial box shows while somebody types."""

from aiohttp import web

from controller.desktop.answers import Answer
from controller.desktop.bodies import PreviewBody, parse
from controller.desktop.number_view import number_view
from controller.desktop.wiring import WIRING


async def preview(request: web.Request) -> web.Response:
    """Say what a typed or pasted text would dial. Dials nothing, and a number that can't be dialled is no error."""
    wiring = request.app[WIRING]
    wiring.session_of(request, unsafe=True)
    body = parse(PreviewBody, await wiring.read_body(request))
    found = wiring.dial_box.understand(body.typed, wiring.floor.directory)
    return Answer(body=number_view(found).model_dump_json(exclude_none=True)).response()
