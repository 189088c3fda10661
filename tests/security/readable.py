"""A check for schemathesis: what fits the OpenAPI document is never refused as unreadable."""

import json
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, GenerationMode, Response

UNREADABLE = frozenset({"bad-json", "bad-body", "bad-query", "bad-header", "bad-request", "unsupported-media-type"})
"""Codes that say that the form is wrong; others are about what it means."""


@schemathesis.check
def a_valid_request_is_readable(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Fail where the document promises more than the server takes."""
    if response.status_code < 400 or case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return None
    code = json.loads(response.text)["code"]
    assert code not in UNREADABLE, f"{code} for what the document allows"
    return None
