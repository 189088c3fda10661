"""The story of an interaction over the API: who may read it and for how long, in which form, and that it is right after a transfer."""

from xml.etree import ElementTree

import pytest

from controller.desktop.sessions import STORIES_MAX
from controller.desktop.stories import ToldStory, wants_picture
from tests.edges.desktop_world import Desktop, Json, World

SVG = "{http://www.w3.org/2000/svg}"


async def transferred(world: World, alice: Desktop, bob: Desktop) -> str:
    """Alice has handed the customer over to Bob, after ten seconds of talk and five of consult."""
    call = await world.connected(alice)
    world.passes(10)
    await bob.go("available")
    await alice.do("consult", call, {"target": {"kind": "agent", "id": "bob"}})
    world.picks_up(call, "bob")
    world.passes(5)
    assert (await alice.do("transfer", call)).status == 200
    return call


def did(story: Json, who: str) -> list[tuple[str, float, bool]]:
    return [(segment["doing"], segment["seconds"], segment["owner"]) for segment in story["segments"] if segment["who"] == who]


async def test_right_after_a_transfer_the_talk_is_the_new_owners(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await transferred(world, alice, bob)
    world.passes(7)

    story = (await bob.get(f"/interactions/{call}/story")).json

    ToldStory.model_validate(story)
    assert story["interaction"] == call
    assert (story["queue"], story["partial"]) == ("support", False)
    assert [step["to"] for step in story["steps"]][-3:] == ["consult_offered", "consulting", "connected"]
    assert did(story, "alice") == [("talked", 10.0, True), ("consulted", 5.0, True), ("wrapped_up", 7.0, False)]
    assert did(story, "bob") == [("consulted", 5.0, False), ("talked", 7.0, True)]
    assert story["segments"][-1] == {
        "who": "bob",
        "name": "Bob Durand",
        "agent": "bob",
        "doing": "talked",
        "from": "2027-01-15T08:00:15Z",
        "to": None,
        "seconds": 7.0,
        "owner": True,
        "with": ["customer"],
    }


async def test_a_story_is_drawn_where_a_picture_is_asked_for_and_may_run_nothing(world: World, alice: Desktop) -> None:
    call = await world.connected(alice, name="</text><script>alert(1)</script>")

    reply = await alice.get(f"/interactions/{call}/story", headers={"Accept": "image/svg+xml"})

    assert (reply.status, reply.headers["Content-Type"], reply.headers["Vary"]) == (200, "image/svg+xml", "Accept")
    policy = dict(part.strip().partition(" ")[::2] for part in reply.headers["Content-Security-Policy"].split(";"))
    assert policy.pop("style-src").startswith("'sha256-")
    assert policy == {"default-src": "'none'", "frame-ancestors": "'none'", "sandbox": ""}
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    picture = ElementTree.fromstring(reply.text)
    assert picture.tag == f"{SVG}svg"
    assert f"{SVG}script" not in {element.tag for element in picture.iter()}


@pytest.mark.parametrize(
    ("accept", "picture"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8", False),
        ("image/svg+xml", True),
        ("IMAGE/SVG+XML", True),
        ("image/*", True),
        ("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", True),
        ("image/svg+xml, application/json", False),
        ("image/svg+xml, application/json;q=0.5", True),
        ("image/svg+xml;q=0.5, application/json", False),
        ("image/svg+xml;q=0, */*", False),
        ("image/svg+xml;q=lots", False),
        (";;;,,,q=", False),
    ],
)
def test_a_picture_is_given_to_whoever_likes_it_better_than_json(accept: str, picture: bool) -> None:
    assert wants_picture(accept) is picture


async def test_somebody_elses_story_is_as_good_as_none_and_is_not_even_looked_for(world: World, alice: Desktop, bob: Desktop) -> None:
    carol = await world.desktop("carol")
    call = await transferred(world, alice, bob)

    for which in (call, "none", "..%252f", "%F0%9F%A6%8A", '"'):
        reply = await carol.get(f"/interactions/{which}/story")
        assert (reply.status, reply.code) == (404, "unknown-interaction"), which
    assert world.inbox.stories.read == []


async def test_what_becomes_of_the_customer_is_no_business_of_an_agent_who_is_through_with_them(
    world: World, alice: Desktop, bob: Desktop
) -> None:
    call = await transferred(world, alice, bob)
    await alice.do("wrap-up", call, {"reason": "resolved"})
    world.passes(3)

    assert (await alice.get(f"/interactions/{call}/story")).code == "unknown-interaction"


async def test_whoever_wrapped_up_reads_the_story_for_the_rest_of_their_session(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await transferred(world, alice, bob)
    await alice.do("wrap-up", call, {"reason": "resolved"})
    world.customer_hangs_up(call)
    world.passes(2)
    await bob.do("wrap-up", call, {"reason": "resolved"})
    assert not world.floor.interactions
    world.passes(100)

    story = (await alice.get(f"/interactions/{call}/story")).json
    assert did(story, "bob") == [("consulted", 5.0, False), ("wrapped_up", 2.0, False)]
    assert all(segment["to"] is not None for segment in story["segments"])
    again = await world.desktop("alice")
    assert (await again.get(f"/interactions/{call}/story")).code == "unknown-interaction"


async def test_who_was_only_consulted_reads_it_no_more_when_they_have_left(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)
    assert (await bob.get(f"/interactions/{call}/story")).status == 200

    await bob.do("leave-consult", call)

    assert (await bob.get(f"/interactions/{call}/story")).code == "unknown-interaction"


async def test_a_supervisor_reads_every_story_also_when_it_is_over(world: World, alice: Desktop, sam: Desktop) -> None:
    call = await world.connected(alice)
    assert (await sam.get(f"/interactions/{call}/story")).status == 200
    world.customer_hangs_up(call)
    await alice.do("wrap-up", call, {"reason": "resolved"})

    later = await world.desktop("sam")
    assert (await later.get(f"/interactions/{call}/story")).json["steps"][-1]["to"] == "ended"
    assert (await later.get(f"/interactions/{call}/story", headers={"Accept": "image/svg+xml"})).status == 200


@pytest.mark.parametrize("accept", ["application/json", "image/svg+xml"])
async def test_of_what_nothing_is_recorded_there_is_no_story(world: World, alice: Desktop, accept: str) -> None:
    call = await world.connected(alice)
    world.inbox.stories.steps.clear()

    reply = await alice.get(f"/interactions/{call}/story", headers={"Accept": accept})

    assert (reply.status, reply.code) == (404, "unknown-interaction")
    assert reply.json["detail"].startswith("Nothing is recorded of this interaction")


async def test_a_record_that_cannot_be_read_is_said_in_a_sentence(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.inbox.stories.unreadable_because = "The disk takes too long."

    reply = await alice.get(f"/interactions/{call}/story")

    assert (reply.status, reply.code, reply.json["detail"]) == (503, "not-ready", "The disk takes too long.")
    assert reply.headers["Retry-After"] == "1"


async def test_a_session_remembers_so_many_stories_and_forgets_the_oldest(world: World, alice: Desktop) -> None:
    calls = []
    for _ in range(STORIES_MAX + 1):
        call = await world.connected(alice)
        world.customer_hangs_up(call)
        await alice.do("wrap-up", call, {"reason": "resolved"})
        calls.append(call)

    assert (await alice.get(f"/interactions/{calls[0]}/story")).status == 404
    assert (await alice.get(f"/interactions/{calls[1]}/story")).status == 200


async def test_the_document_says_both_forms_of_a_story(world: World) -> None:
    document = (await world.browser().get("/openapi.json")).json

    told = document["paths"]["/api/v1/interactions/{id}/story"]["get"]["responses"]["200"]["content"]
    assert told == {
        "application/json": {"schema": {"$ref": "#/components/schemas/ToldStory"}},
        "image/svg+xml": {"schema": {"type": "string"}},
    }
    segment = document["components"]["schemas"]["ToldSegment"]
    assert {"from", "to", "with", "seconds", "owner"} <= set(segment["properties"])
