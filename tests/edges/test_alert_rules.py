"""What administrators copy, the alert rules and the dashboard, and the page on monitoring name what the controller gives, and all of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from controller.directory.organisation import OrganisationState
from controller.floor.outcome import SiteReloaded
from tests.edges.recorded_call import Call, play
from tests.pure.directory.people import organisation

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs/monitoring.md").read_text()
RULES: list[dict[str, Any]] = yaml.safe_load((TOP / "docs/monitoring/alerts.yml").read_text())["groups"][0]["rules"]
RULES_TESTED: list[dict[str, Any]] = yaml.safe_load((TOP / "docs/monitoring/alerts_test.yml").read_text())["tests"]
DASHBOARD: dict[str, Any] = json.loads((TOP / "docs/monitoring/grafana.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ASKED = re.compile(r"\b(ari_controller_\w+|process_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
GROUPED = re.compile(r"\b(?:by|on) \(([^)]*)\)")
BY_PROMETHEUS = {"instance", "job"}
"""Labels that Prometheus adds to everything it fetches."""
ROW = re.compile(r"^\| `(ari_controller_\w+)(?:\{([\w,]+)\})?` \|", re.MULTILINE)


@pytest.fixture(scope="module")
def families() -> dict[str, list[dict[str, str]]]:
    """By the name of each series, without what a histogram's parts are called, the labels that it has been seen with."""
    call = Call()
    metrics = call.metrics()
    call.organisations = [
        OrganisationState(
            organisation=organisation(), people=1, fetched_at=None, failed_because="it is down", people_before=9, shrunk_at=call.now
        )
    ]
    call.take(SiteReloaded(directory=call.directory))
    play(call)
    metrics.answered(0.1)
    metrics.refused("not-now")
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = [sample.labels for sample in family.samples]
    return found


@pytest.fixture(scope="module")
def series(families: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """By the name of each series as Prometheus stores it, the labels that it has been seen with."""
    found = dict(families)
    for name, labels in families.items():
        if any("le" in each for each in labels):
            found |= {f"{name}_{part}": labels for part in ("bucket", "count", "sum")}
    return found


def asks_for_what_there_is(expression: str, series: dict[str, list[dict[str, str]]]) -> None:
    labels_of_all: set[str] = set(BY_PROMETHEUS)
    for name, matchers in ASKED.findall(expression):
        assert name in series, name
        known = series[name]
        labels_of_all |= {label for labels in known for label in labels}
        for label, operator, value in MATCHER.findall(matchers):
            assert label in BY_PROMETHEUS or any(label in labels for labels in known), f"{name} has no label {label}"
            assert operator != "=" or any(labels.get(label) == value for labels in known), f'{name}{{{label}="{value}"}}'
    for labels in GROUPED.findall(expression):
        assert set(labels.split(", ")) <= labels_of_all, f"by ({labels})"


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_each_rule_asks_for_what_there_is(rule: dict[str, Any], series: dict[str, list[dict[str, str]]]) -> None:
    asks_for_what_there_is(rule["expr"], series)


def test_each_rule_says_what_it_means_and_how_urgent_it_is() -> None:
    assert len(RULES) > 5
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}
    assert all(rule["annotations"]["summary"].endswith(".") or ":" in rule["annotations"]["summary"] for rule in RULES)


def test_each_rule_is_seen_to_fire() -> None:
    fire = {asked["alertname"] for tested in RULES_TESTED for asked in tested["alert_rule_test"] if asked["exp_alerts"]}

    assert {rule["alert"] for rule in RULES} == fire


def test_the_page_on_monitoring_names_every_metric_with_its_labels_and_no_other(families: dict[str, list[dict[str, str]]]) -> None:
    documented = {name: set(filter(None, labels.split(","))) for name, labels in ROW.findall(PAGE)}
    ours = {name: labels for name, labels in families.items() if name.startswith("ari_controller_")}
    given = {name: {label for each in labels for label in each} - {"le"} for name, labels in ours.items()}

    assert documented == given


def test_the_page_on_monitoring_names_nothing_in_its_text_that_there_is_not(series: dict[str, list[dict[str, str]]]) -> None:
    named = set(re.findall(r"\b(?:ari_controller|process)_\w+", PAGE)) - {"process_"}

    assert len(named) > 30
    assert [name for name in sorted(named) if name not in series] == []


# --- The dashboard -----------------------------------------------------------------------------------------------------


def expressions(panel: dict[str, Any]) -> Iterator[str]:
    yield from (target["expr"] for target in panel["targets"])


@pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])
def test_each_panel_of_the_dashboard_asks_for_what_there_is(panel: dict[str, Any], series: dict[str, list[dict[str, str]]]) -> None:
    for expression in expressions(panel):
        asks_for_what_there_is(expression, series)
    for target in panel["targets"]:
        asked = " ".join(
            labels for name, _ in ASKED.findall(target["expr"]) for labels in {label for each in series[name] for label in each}
        )
        for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
            assert label in BY_PROMETHEUS or label in asked.split(), f"{panel['title']}: no label {label}"


def test_the_dashboard_shows_every_metric_of_the_controller(families: dict[str, list[dict[str, str]]]) -> None:
    shown = " ".join(expression for panel in PANELS for expression in expressions(panel))
    left_out = {"ari_controller_journal_failing_seconds", "ari_controller_organisation_failing", "ari_controller_organisation_shrunk_from"}

    assert {name for name in families if name.startswith("ari_controller_") and name not in shown} == left_out | {
        "ari_controller_journal_disk_low"
    }


def test_the_variables_of_the_dashboard_are_those_that_its_panels_use(series: dict[str, list[dict[str, str]]]) -> None:
    variables = {variable["name"]: variable["query"]["query"] for variable in DASHBOARD["templating"]["list"]}
    used = {name for panel in PANELS for expression in expressions(panel) for name in re.findall(r"\$(\w+)", expression)}

    assert used - {"__rate_interval"} == set(variables)
    for query in variables.values():
        asks_for_what_there_is(query, series)


def test_the_panels_of_the_dashboard_lie_beside_one_another_and_not_on_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert max(x for x, _ in cells) < 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
