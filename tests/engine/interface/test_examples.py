"""The worked examples that ship: the schema allows them, and everything on them works."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from engine.interface.acting import Copy, Done, Export, Go, OpenUrl, Send, Surroundings, perform
from engine.interface.catalogue import bundled
from engine.interface.examples import Example, example, examples
from engine.interface.export.outline import Outline, outline
from engine.interface.profiles import tree_schema
from engine.interface.reading import checked
from engine.interface.sources import Source, read_source
from engine.interface.state import names_in

_KEYS = ("login", "dashboard", "settings", "wizard", "survey")


def _sources(shipped: Example) -> list[Source]:
    return [read_source(name, text.encode()) for name, text in shipped.sources.items()]


def _nodes(tree: Any) -> list[dict[str, Any]]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += [*node.get("children", []), *node.get("tabs", [])]
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key not in {"children", "tabs"} for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_five_examples_ship_in_their_order() -> None:
    assert tuple(each.key for each in examples()) == _KEYS
    assert all(each.sentence and each.title for each in examples())


@pytest.mark.parametrize("key", _KEYS)
def test_the_schema_that_holds_a_model_allows_the_example(key: str) -> None:
    shipped = example(key)
    schema = tree_schema(bundled(), profile="full", sources=_sources(shipped))
    jsonschema_rs.Draft202012Validator(schema).validate(shipped.tree)
    assert checked(shipped.tree, bundled())[1] == []


@pytest.mark.parametrize("key", _KEYS)
def test_every_condition_and_every_value_in_a_text_is_that_of_an_input(key: str) -> None:
    found = outline(example(key).tree)
    for node in _nodes(example(key).tree):
        named = {name for text in _texts(node) for name in names_in(text)}
        assert named <= found.inputs.keys()
        if node.get("type") == "when":
            assert node["name"] in found.inputs
            assert node["children"]


@pytest.mark.parametrize("key", _KEYS)
def test_every_action_does_something(key: str) -> None:
    found = outline(example(key).tree)
    assert found.actions
    for name, node in found.inputs.items():
        if node.get("kind") in {"text", "date"}:
            found.state.put(name, "2026-03-19")
    for action in found.actions:
        outcome = perform(action, found.state, Surroundings(forms=found.forms))
        assert _works(outcome, action, found), action


def _works(outcome: Any, action: dict[str, Any], found: Outline) -> bool:
    match outcome:
        case Go(target):
            places = [str(dialog["name"]) for dialog in found.dialogs] + [str(tab["label"]) for tab in found.tabs]
            return target in places + [str(section["title"]) for section in found.sections]
        case Export():
            return bool(found.tables)
        case Done():
            names = found.forms if action["kind"] == "reset" else found.inputs
            options = found.inputs.get(str(action["target"]), {}).get("options")
            return action["target"] is None or (
                action["target"] in names and (not options or action["value"] in options)
            )
        case Send(_, _, values, text):
            return bool(text or action["kind"] == "submit") and values.keys() <= found.inputs.keys()
        case Copy(text):
            return bool(text)
        case OpenUrl(url):
            return url.startswith("https://")
    return False


@pytest.mark.parametrize("key", ["login", "settings", "wizard", "survey"])
def test_what_asks_for_something_has_inputs_and_at_least_one_way_to_send_them(key: str) -> None:
    found = outline(example(key).tree)
    assert len(found.inputs) >= 8
    assert any(action["kind"] == "submit" for action in found.actions)


def test_the_wizard_goes_through_its_steps_by_setting_and_showing() -> None:
    found = outline(example("wizard").tree)
    steps = found.inputs["step"]["options"]
    assert {action["value"] for action in found.actions if action["kind"] == "set"} == set(steps)
    assert [node["value"] for node in found.conditions if node["name"] == "step"] == steps


def test_the_dashboard_shows_its_data_as_a_chart_and_a_table() -> None:
    shipped = example("dashboard")
    found = outline(shipped.tree, _sources(shipped))
    charts = [node for node in _nodes(shipped.tree) if node.get("type") == "chart" and node["source"]]
    labels, series = found.points_of(charts[0])
    assert len(labels) == 6
    assert all(number > 1000 for _, numbers in series for number in numbers)
    assert len(found.table_of(found.tables[0])[1]) == 6


def _primary(node: dict[str, Any]) -> int:
    """Return how many primary buttons can be in sight at once: of tabs and conditions one, dialogs stand apart."""
    own = node.get("style") == "primary" or node["type"] == "form"
    beside = [each for each in node.get("children", []) if each["type"] not in {"when", "dialog"}]
    in_turn = [each for each in node.get("children", []) if each["type"] == "when"]
    tabs = [{"type": "tab", **each} for each in node.get("tabs", [])]
    return own + sum(map(_primary, beside)) + sum(max(map(_primary, each), default=0) for each in (in_turn, tabs))


@pytest.mark.parametrize("key", _KEYS)
def test_one_button_at_a_time_is_the_primary_one(key: str) -> None:
    tree = example(key).tree
    assert _primary(tree) <= 1
    assert all(_primary({**node, "type": "root"}) <= 1 for node in _nodes(tree) if node.get("type") == "dialog")
