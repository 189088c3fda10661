"""An accepted request's answer, as a value."""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from controller.desktop.problems import HEADERS

JSON_HEADERS = {**HEADERS, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: int = 200
    body: str = ""
    """JSON; nothing for 204."""
    revision: int | None = None
    """Of the interaction in the body; goes out as the ETag that `If-Match` takes."""
    location: str = ""
    """Where what was made can be looked at; empty: nothing was made."""

    def response(self) -> web.Response:
        """The answer to one request."""
        if self.status == HTTPStatus.NO_CONTENT:
            return web.Response(status=self.status, headers=HEADERS)
        headers = JSON_HEADERS if self.revision is None else {**JSON_HEADERS, "ETag": f'"{self.revision}"'}
        if self.location:
            headers = {**headers, "Location": self.location}
        return web.Response(status=self.status, body=self.body.encode(), headers=headers)


def answer(model: BaseModel, status: int = 200) -> web.Response:
    """Answer with a model."""
    return web.Response(status=status, body=model.model_dump_json().encode(), headers=JSON_HEADERS)
