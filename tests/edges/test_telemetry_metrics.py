"""What a monitoring system reads: what has come, what was refused, and what is."""

from prometheus_client.parser import text_string_to_metric_families

from controller import __version__
from controller.directory.ids import THE_SWITCH
from controller.directory.organisation import OrganisationState
from controller.interaction.facts import LegAnswered, SwitchLost
from controller.telemetry.metrics import CONTENT_TYPE, Metrics
from tests.edges.recorded_call import ALICE, Call, play
from tests.pure.directory.people import organisation


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
    metrics = Metrics(
        lambda: call.floor,
        clock=lambda: call.now,
        journal_fails_for=lambda: call.journal_fails_for,
        organisations=lambda: call.organisations,
    )
    call.audiences.append(metrics)
    return call, metrics


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
    ]
    call.now += 90

    found = figures(metrics)

    name = "ari_controller_organisation"
    assert [found[f"{name}_{figure}{{organisation=head-office}}"] for figure in ("colleagues", "age_seconds", "failing")] == [9, 90, 0]
    assert [found[f"{name}_{figure}{{organisation=branch}}"] for figure in ("colleagues", "age_seconds", "failing")] == [0, float("inf"), 1]
