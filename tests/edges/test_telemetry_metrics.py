"""What a monitoring system reads: what has come, what was refused, and what is."""

import re

from prometheus_client.parser import text_string_to_metric_families

from controller import __version__
from controller.directory.ids import THE_SWITCH, OrganisationId
from controller.directory.organisation import GraphSource, Organisation, OrganisationState
from controller.directory.replace import replace
from controller.floor.disk import DiskRoom
from controller.floor.outcome import SiteReloaded
from controller.interaction.facts import EndCause, LegAnswered, LegEnded, SwitchFound, SwitchLost, TelephonesSeen
from controller.telemetry.metrics import CONTENT_TYPE, Metrics
from tests.edges.recorded_call import ALICE, Call, play
from tests.pure.directory.people import organisation

NOT_ASKED = Organisation(
    id=OrganisationId("not-asked"),
    name="Not asked",
    source=GraphSource(tenant="example.com", client_id="c0ffee", secret_file="secret"),
    is_teams=True,
)


def figures(metrics: Metrics) -> dict[str, float]:
    """Read the text as Prometheus does: `name{label="value"}` to its figure."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        sample.name + ("{" + ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items())) + "}" if sample.labels else ""): sample.value
        for family in families
        for sample in family.samples
    }


def watched() -> tuple[Call, Metrics]:
    call = Call()
    return call, call.metrics()


def test_inputs_are_counted_by_their_kind() -> None:
    call, metrics = watched()
    play(call)

    found = figures(metrics)

    assert found["ari_controller_inputs_total{kind=CustomerArrived}"] == 1
    assert found["ari_controller_inputs_total{kind=SwapParties}"] == 2
    assert found["ari_controller_inputs_total{kind=LegAnswered}"] == 2


def test_refusals_are_counted_by_their_code_and_answers_by_their_seconds() -> None:
    _, metrics = watched()
    metrics.refused("not-now")
    metrics.refused("not-now")
    metrics.answered(0.03)

    found = figures(metrics)

    assert found["ari_controller_commands_refused_total{code=not-now}"] == 2
    assert found["ari_controller_command_seconds_count"] == 1
    assert (found["ari_controller_command_seconds_bucket{le=0.02}"], found["ari_controller_command_seconds_bucket{le=0.04}"]) == (0, 1)


def test_interactions_and_agents_are_shown_as_they_are_when_asked() -> None:
    call, metrics = watched()
    interaction = call.arrive()

    offered = figures(metrics)
    call.take(LegAnswered(leg=call.leg(interaction, ALICE)))
    connected = figures(metrics)

    assert (offered["ari_controller_interactions{phase=offered}"], connected["ari_controller_interactions{phase=offered}"]) == (1, 0)
    assert (offered["ari_controller_agents{state=offered}"], connected["ari_controller_agents{state=engaged}"]) == (1, 1)
    assert sum(value for name, value in connected.items() if name.startswith("ari_controller_agents")) == len(call.directory.agents)


def test_who_waits_is_shown_for_each_queue_and_for_how_long() -> None:
    call, metrics = watched()
    for _ in range(3):
        call.arrive()
    call.now += 12

    found = figures(metrics)

    assert found["ari_controller_waiting_customers{queue=support}"] == 1
    assert found["ari_controller_longest_wait_seconds{queue=support}"] == 12
    assert found["ari_controller_longest_wait_seconds{queue=billing}"] == 0


# --- What became of a queue's customers ---------------------------------------------------------------------------------


def of_support(metrics: Metrics) -> dict[str, float]:
    """The figures of one queue that are not nought, by what stands behind their name."""
    of = re.compile(r"ari_controller_queue_(\w+){queue=support}")
    found = ((of.fullmatch(name), value) for name, value in figures(metrics).items() if value)
    return {name[1]: round(value, 3) for name, value in found if name}


def test_a_customer_who_is_given_an_agent_counts_with_the_seconds_of_the_wait() -> None:
    call, metrics = watched()
    play(call)

    assert of_support(metrics) == {"arrived_total": 1, "wait_seconds_count": 1, "wait_seconds_sum": 4.2}
    found = figures(metrics)
    assert (
        found["ari_controller_queue_wait_seconds_bucket{le=1.0,queue=support}"],
        found["ari_controller_queue_wait_seconds_bucket{le=5.0,queue=support}"],
    ) == (0, 1)


def test_a_customer_who_hangs_up_while_an_agent_is_rung_has_abandoned() -> None:
    call, metrics = watched()
    interaction = call.arrive()
    call.take(LegEnded(leg=call.leg(interaction, None), cause=EndCause.HUNG_UP), after=9)

    assert of_support(metrics) == {"arrived_total": 1, "abandoned_total": 1}


def test_a_customer_whose_agent_declines_came_once_and_waits_on() -> None:
    call, metrics = watched()
    interaction = call.arrive()
    call.take(LegEnded(leg=call.leg(interaction, ALICE), cause=EndCause.DECLINED), after=2)

    assert of_support(metrics) == {"arrived_total": 1}, "still waiting"


def test_a_customer_whose_queue_nobody_serves_any_more_is_turned_back() -> None:
    call, metrics = watched()
    for _ in range(3):
        call.arrive()
    nobody = {queue.id: replace(queue, agents=()) for queue in call.directory.queues.values()}
    call.take(SiteReloaded(directory=replace(call.directory, queues=nobody)))

    assert of_support(metrics)["turned_back_total"] == 1


def test_the_queues_of_the_site_are_shown_before_anybody_has_come_to_them() -> None:
    call, metrics = watched()
    call.take(SiteReloaded(directory=call.directory))

    found = figures(metrics)

    names = ("arrived_total", "abandoned_total", "turned_back_total", "wait_seconds_count")
    assert [found[f"ari_controller_queue_{name}{{queue=billing}}"] for name in names] == [0, 0, 0, 0]


def test_it_is_shown_whether_asterisk_is_there_and_which_version_runs() -> None:
    call, metrics = watched()

    before = figures(metrics)
    call.take(SwitchLost(switch=THE_SWITCH))

    assert before["ari_controller_asterisk_connected"] == 1
    assert figures(metrics)["ari_controller_asterisk_connected"] == 0
    assert before[f"ari_controller_build_info{{version={__version__}}}"] == 1
    assert before["process_cpu_seconds_total"] > 0
    assert CONTENT_TYPE.startswith("text/plain")


def test_a_journal_that_can_not_be_written_is_shown_and_for_how_long() -> None:
    call, metrics = watched()

    before = figures(metrics)
    call.journal_fails_for = 12.5
    failing = figures(metrics)

    assert (before["ari_controller_journal_failing"], before["ari_controller_journal_failing_seconds"]) == (0, 0)
    assert (failing["ari_controller_journal_failing"], failing["ari_controller_journal_failing_seconds"]) == (1, 12.5)


def test_a_journal_that_fails_this_very_moment_is_failing() -> None:
    call, metrics = watched()

    call.journal_fails_for = 0.0

    assert figures(metrics)["ari_controller_journal_failing"] == 1


def test_of_each_organisation_it_is_shown_how_many_are_known_how_old_that_is_and_whether_it_fails() -> None:
    call, metrics = watched()
    call.organisations = [
        OrganisationState(organisation=organisation(), people=9, fetched_at=call.now),
        OrganisationState(organisation=organisation("branch"), people=0, fetched_at=None, failed_because="it can't be read"),
        OrganisationState(organisation=organisation("teams"), people=3, fetched_at=call.now, presence_failed_because="no consent"),
        OrganisationState(organisation=NOT_ASKED, people=0, fetched_at=None),
        OrganisationState(organisation=organisation("depot"), people=4, fetched_at=call.now, people_before=9, shrunk_at=call.now),
    ]
    call.now += 90

    found = figures(metrics)

    name = "ari_controller_organisation"
    assert [found[f"{name}_{figure}{{organisation=head-office}}"] for figure in ("colleagues", "age_seconds", "failing")] == [9, 90, 0]
    assert [found[f"{name}_{figure}{{organisation=branch}}"] for figure in ("colleagues", "age_seconds", "failing")] == [0, float("inf"), 1]
    assert [found[f"{name}_shrunk_from{{organisation={each}}}"] for each in ("depot", "head-office")] == [9, 0]
    assert sum(each.startswith(f"{name}_failure{{") for each in found) == 2
    assert found["ari_controller_organisation_failure{because=it can't be read,organisation=branch,what=people}"] == 1
    assert found["ari_controller_organisation_failure{because=no consent,organisation=teams,what=presence}"] == 1
    assert not any("not-asked" in name for name in found), "what is never asked is not missed"


# --- How the world does ------------------------------------------------------------------------------------------------


def test_requests_to_asterisk_are_shown_by_how_they_went_and_how_long_they_took() -> None:
    call, metrics = watched()
    for outcome, seconds in (("done", 0.0008), ("done", 0.03), ("refused", 0.002), ("no_answer", 5.0)):
        call.requests.note(outcome, seconds)
    call.lanes_lost = 3

    found = figures(metrics)

    name = "ari_controller_ari_request_seconds"
    assert [found[f"{name}_count{{outcome={outcome}}}"] for outcome in ("done", "refused", "no_answer", "away")] == [2, 1, 1, 0]
    assert [found[f"{name}_bucket{{le={le},outcome=done}}"] for le in ("0.001", "0.02", "0.04", "+Inf")] == [1, 1, 2, 2]
    assert round(found[f"{name}_sum{{outcome=done}}"], 6) == 0.0308
    assert found["ari_controller_ari_lanes_lost_total"] == 3


def test_writes_to_the_journal_are_shown_and_so_is_what_could_not_be_written() -> None:
    call, metrics = watched()
    call.journal_writes.note("kept", 0.004)
    call.journal_writes.note("failed", 0.1)
    call.steps_lost = 12

    found = figures(metrics)

    assert found["ari_controller_journal_write_seconds_bucket{le=0.005,outcome=kept}"] == 1
    assert found["ari_controller_journal_write_seconds_count{outcome=failed}"] == 1
    assert found["ari_controller_steps_lost_total"] == 12


def test_the_room_on_the_journals_disk_is_shown_when_it_is_known() -> None:
    call, metrics = watched()
    name = "ari_controller_journal_disk"
    enough = figures(metrics)
    call.disk = DiskRoom(free_bytes=300_000_000, size_bytes=20_000_000_000, is_low=True)
    low = figures(metrics)
    call.disk = None

    assert [enough[f"{name}_{of}"] for of in ("free_bytes", "size_bytes", "low")] == [5e9, 2e10, 0]
    assert (low[f"{name}_free_bytes"], low[f"{name}_low"]) == (3e8, 1)
    assert not any(found.startswith(name) for found in figures(metrics))


def test_each_time_that_the_controller_attaches_to_asterisk_counts() -> None:
    call, metrics = watched()
    for _ in range(2):
        call.take(SwitchLost(switch=THE_SWITCH))
        call.take(SwitchFound(switch=THE_SWITCH))

    assert figures(metrics)["ari_controller_asterisk_attached_total"] == 2


def test_telephones_on_desks_and_in_browsers_are_counted_by_whether_asterisk_can_ring_them() -> None:
    call, metrics = watched()
    phones = [agent.phone for agent in call.directory.agents.values()]
    call.take(TelephonesSeen(there=tuple(phones[2:]), away=tuple(phones[:2])))

    found = figures(metrics)

    name = "ari_controller_telephones"
    assert found[f"{name}{{kind=desk,state=away}}"] == 2
    assert found[f"{name}{{kind=desk,state=there}}"] == len(phones) - 2
    assert found[f"{name}{{kind=browser,state=away}}"] == 0, "no agent of this site has one"


def test_a_call_that_is_over_counts_by_its_direction_and_reason() -> None:
    call, metrics = watched()
    before = figures(metrics)
    play(call)

    found = figures(metrics)

    name = "ari_controller_calls_ended_total"
    assert before[f"{name}{{direction=inbound,reason=customer}}"] == 0, "there from the beginning, so that a first one is an increase"
    assert found[f"{name}{{direction=inbound,reason=customer}}"] == 1
    assert sum(value for key, value in found.items() if key.startswith(name)) == 1
