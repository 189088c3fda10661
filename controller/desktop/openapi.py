"""The OpenAPI 3.1 document, from the table of endpoints and from the very models that validate. Made once."""

import json
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from controller import __version__
from controller.desktop import shapes
from controller.desktop.actions import ACTIONS
from controller.desktop.bodies import KEY, REVISION
from controller.desktop.problems import KINDS
from controller.floor.keys import KEY_SECONDS, KEYS_PER_AGENT_MAX

if TYPE_CHECKING:
    from controller.desktop.endpoints import Endpoint, Query

OPENAPI = web.AppKey("openapi", bytes)

REFERENCE = "#/components/schemas/{model}"
FRAMES: tuple[type[BaseModel], ...] = (
    shapes.SnapshotFrame,
    shapes.InteractionFrame,
    shapes.MeFrame,
    shapes.QueueFrame,
    shapes.AgentFrame,
    shapes.OfferFrame,
    shapes.WrapUpFrame,
    shapes.RefusedFrame,
)

ANYWHERE = ("too-many-requests", "wrong-host")
WITH_BODY = ("bad-json", "too-slow", "too-large", "unsupported-media-type", "bad-body")
OF_COMMANDS = ("reused-key", "bad-origin", "not-kept")

Json = dict[str, Any]


@cache
def openapi(endpoints: tuple["Endpoint", ...], action: "Endpoint") -> bytes:
    """Describe the API."""
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, endpoint.says, endpoint.takes)
    for name, doing in ACTIONS.items():
        path = action.path.replace("{action}", name)
        paths.setdefault(path, {})["post"] = _operation(action, doing.says, doing.takes)
    bodies = [endpoint.takes for endpoint in endpoints if endpoint.takes] + [doing.takes for doing in ACTIONS.values()]
    answers = [endpoint.gives for endpoint in (*endpoints, action) if endpoint.gives]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "ari-controller", "version": __version__, "summary": "Interactions of a contact centre, as its agents see them."},
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": {**_schemas(bodies, (*answers, *FRAMES, shapes.Problem)), "Frame": _frame()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "ari-controller-{port}"},
            },
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _schemas(bodies: Iterable[type[BaseModel]], answers: Iterable[type[BaseModel]]) -> Json:
    modes: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    modes.update(dict.fromkeys((model, "validation") for model in bodies))
    modes.update(dict.fromkeys((model, "serialization") for model in answers))
    _, schema = models_json_schema(list(modes), ref_template=REFERENCE)
    definitions: Json = schema["$defs"]
    return definitions


def _frame() -> Json:
    references = {frame.model_fields["type"].annotation.__args__[0]: _reference(frame) for frame in FRAMES}  # type: ignore[union-attr]
    return {
        "description": "One message of the WebSocket.",
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "type", "mapping": references},
    }


def _reference(model: type[BaseModel]) -> str:
    return REFERENCE.format(model=model.__name__)


def _operation(endpoint: "Endpoint", says: str, takes: type[BaseModel] | None) -> Json:
    operation: Json = {"summary": says, "responses": {**_accepted(endpoint), **_problems(endpoint, has_body=takes is not None)}}
    parameters = [*_in_path(endpoint), *_in_query(endpoint), *_in_headers(endpoint)]
    if parameters:
        operation["parameters"] = parameters
    if takes is not None:
        is_needed = any(field.is_required() for field in takes.model_fields.values())
        operation["requestBody"] = {"required": is_needed, "content": {"application/json": {"schema": {"$ref": _reference(takes)}}}}
    if endpoint.is_open:
        operation["security"] = []
    return operation


def _accepted(endpoint: "Endpoint") -> Json:
    answer: Json = {"description": endpoint.says}
    if endpoint.gives is not None:
        answer["content"] = {
            "application/json": {"schema": {"$ref": _reference(endpoint.gives)}},
            **{kind: {"schema": {"type": "string"}} for kind in endpoint.also_gives},
        }
    answers = {str(endpoint.status): answer}
    if endpoint.status == HTTPStatus.CREATED and endpoint.again_when:
        place = {"schema": {"type": "string"}, "description": "Where it can be looked at"}
        answers = {"201": {**answer, "headers": {"Location": place}}, "200": {**answer, "description": endpoint.again_when}}
    return {**answers, "204": {"description": endpoint.empty_when}} if endpoint.empty_when else answers


def _problems(endpoint: "Endpoint", *, has_body: bool) -> Json:
    codes = [*endpoint.problems, *ANYWHERE]
    if not endpoint.is_open:
        codes.append("unauthenticated")
    if has_body:
        codes += WITH_BODY
    if endpoint.is_command:
        codes += OF_COMMANDS
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, []).append(f"`{code}`: {KINDS[code].title}")
    content = {"application/problem+json": {"schema": {"$ref": _reference(shapes.Problem)}}}
    return {str(status): {"description": "; ".join(by_status[status]), "content": content} for status in sorted(by_status)}


def _in_path(endpoint: "Endpoint") -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": says}
        for name, says in (("id", "The interaction"), ("agent", "The agent's id"))
        if f"{{{name}}}" in endpoint.path
    ]


def _in_query(endpoint: "Endpoint") -> list[Json]:
    return [
        {
            "name": query.name,
            "in": "query",
            "description": query.says,
            "schema": _query_schema(query),
        }
        for query in endpoint.query
    ]


def _query_schema(query: "Query") -> Json:
    schema: Json = {"type": "string"}
    if query.one_of:
        schema["enum"] = list(query.one_of)
    if query.pattern:
        schema["pattern"] = query.pattern
    if query.letters_max is not None:
        schema["maxLength"] = query.letters_max
    return schema


def _in_headers(endpoint: "Endpoint") -> list[Json]:
    if not endpoint.is_command:
        return []
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "description": f"Sent twice it acts once: {KEYS_PER_AGENT_MAX:,} of each agent are remembered, for {KEY_SECONDS / 3600:g} hours",
        "schema": {"type": "string", "pattern": KEY},
    }
    revision = {
        "name": "If-Match",
        "in": "header",
        "description": "The revision that the person saw",
        "schema": {"type": "string", "pattern": REVISION},
    }
    return [key, revision] if "stale" in endpoint.problems else [key]
