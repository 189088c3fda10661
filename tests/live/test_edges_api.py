"""Bad requests to the real API in the middle of a real call: a clear answer, nothing changed, and the call goes on."""

import asyncio
import io
import json
from typing import Any

import pytest

from tests.live.desk import AgentDesk
from tests.live.scene import Scene

HUGE_BYTES = 10 * 1024 * 1024
JSON = {"Content-Type": "application/json"}

BAD_BODIES = [
    ("not JSON", b"{target: bob}", 400, "bad-json"),
    ("half a body", b'{"target": {"kind": "agent", "id": "bo', 400, "bad-json"),
    ("not even text", b"\xff\xfe\x00\x80", 400, "bad-json"),
    ("a list", b"[]", 422, "bad-body"),
    ("a wrong type", b'{"target": "bob"}', 422, "bad-body"),
    ("a number for a word", b'{"target": {"kind": "agent", "id": 7}}', 422, "bad-body"),
    ("a member that nobody knows", b'{"target": {"kind": "agent", "id": "bob"}, "now": true}', 422, "bad-body"),
    ("nothing", b"", 422, "bad-body"),
    ("very deep", b"[" * 50_000, 400, "bad-json"),
    ("a kind that nobody knows", b'{"target": {"kind": "ghost", "id": "bob"}}', 422, "bad-body"),
    ("an agent that nobody knows", b'{"target": {"kind": "agent", "id": "nobody"}}', 422, "bad-target"),
    ("an agent whose name is a command", b'{"target": {"kind": "agent", "id": "bob&channel=x"}}', 422, "bad-target"),
    ("oneself", b'{"target": {"kind": "agent", "id": "alice"}}', 422, "bad-target"),
]


async def _post(desk: AgentDesk, scene: Scene, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    url = f"{scene.stack.desktop_url}/api/v1{path}"
    async with scene.http.post(url, data=io.BytesIO(body), headers={**desk.headers, **JSON}) as answer:
        assert answer.content_type == "application/problem+json"
        return answer.status, json.loads(await answer.text())


async def test_a_body_that_is_wrong_is_refused_with_a_sentence_and_the_call_goes_on(scene: Scene) -> None:
    interaction = await scene.connected()
    before = await scene.alice.interaction(interaction)

    for what, body, status, code in BAD_BODIES:
        got, problem = await _post(scene.alice, scene, f"/interactions/{interaction}/consult", body)
        assert (got, problem["code"]) == (status, code), what
        assert problem["detail"].strip(), what

    assert await scene.alice.interaction(interaction) == before
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})


async def test_ten_megabytes_are_refused_and_the_call_goes_on(scene: Scene) -> None:
    interaction = await scene.connected()
    status, problem = await _post(scene.alice, scene, f"/interactions/{interaction}/consult", b" " * HUGE_BYTES)
    assert (status, problem["code"]) == (413, "too-large")
    await scene.alice.does("hold", interaction)
    await scene.hear({"customer": {"music"}})


@pytest.mark.parametrize("wanted", ["nothing", "ix-0-talk", "..%2F..%2Fme", "%00", "a" * 2000, "☎"])
async def test_an_interaction_that_nobody_knows_is_404(scene: Scene, wanted: str) -> None:
    answer = await scene.alice.call("POST", f"/interactions/{wanted}/hold", {})
    assert answer.status == 404, answer
    assert answer.code in ("unknown-interaction", "not-found")


async def test_another_agents_interaction_is_404_whatever_is_asked_of_it(scene: Scene) -> None:
    interaction = await scene.connected()
    for method, path in [("GET", ""), ("POST", "/hold"), ("POST", "/end"), ("POST", "/wrap-up"), ("POST", "/accept")]:
        body = {"reason": "resolved"} if path == "/wrap-up" else {}
        answer = await scene.carol.call(method, f"/interactions/{interaction}{path}", body)
        assert (answer.status, answer.code) == (404, "unknown-interaction"), path
    assert await scene.carol.interactions() == []
    assert (await scene.alice.interaction(interaction))["phase"] == "connected"


@pytest.mark.parametrize("token", ["", "x", "Bearer", "a" * 43, "☎"])
async def test_an_unknown_token_is_401(scene: Scene, token: str) -> None:
    interaction = await scene.connected()
    url = f"{scene.stack.desktop_url}/api/v1/interactions/{interaction}/end"
    async with scene.http.post(url, json={}, headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 401
        assert (await answer.json(content_type=None))["code"] == "unauthenticated"
    assert (await scene.alice.interaction(interaction))["phase"] == "connected"


async def test_of_two_desktops_that_press_the_same_button_at_once_one_wins(scene: Scene) -> None:
    interaction = await scene.connected()
    other_tab = AgentDesk(scene.http, scene.stack.desktop_url, "alice")
    await other_tab.log_in()
    revision = str((await scene.alice.interaction(interaction))["revision"])

    answers = await asyncio.gather(
        *(desk.call("POST", f"/interactions/{interaction}/hold", {}, **{"If-Match": revision}) for desk in (scene.alice, other_tab))
    )

    assert sorted(answer.status for answer in answers) == [200, 409]
    assert {answer.code for answer in answers if answer.status == 409} == {"stale"}
    await scene.hear({"customer": {"music"}})


async def test_a_command_that_is_sent_twice_with_the_same_key_acts_once(scene: Scene) -> None:
    interaction = await scene.consulting()
    path, key = f"/interactions/{interaction}/resume", {"Idempotency-Key": interaction}

    first, second = await asyncio.gather(*(scene.alice.call("POST", path, {}, **key) for _ in range(2)))

    assert (first.status, second.status) == (200, 200)
    assert first.body["revision"] == second.body["revision"]
    assert (await scene.alice.interaction(interaction))["phase"] == "consult_held"
