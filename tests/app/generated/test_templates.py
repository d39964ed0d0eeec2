from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest

from engine.interface.catalogue import Catalogue, bundled, from_schema
from tests.app.generated.finding import line, texts
from tests.app.generated.nodes import field, holding, root, text
from tests.app.generated.trees import spelt

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.widgets.generated.screen import Screen

    Make = Callable[..., Screen]


@pytest.fixture
def catalogue() -> Catalogue:
    """Return the catalogue that ships with a component more, which its owner made of others, and one without looks."""
    schema = copy.deepcopy(bundled().schema)
    children = copy.deepcopy(schema["$defs"]["card"]["properties"]["children"])
    inner = holding("column", text("About {about}"), {"type": "children"})
    schema["$defs"]["panel"] = {
        "title": "Panel",
        "type": "object",
        "properties": {"type": {"const": "panel"}, "about": {"type": "string", "default": ""}, "children": children},
        "x-template": holding("card", text("{name} wrote"), inner, title="{about}", tone="good"),
    }
    schema["$defs"]["gauge"] = {
        "type": "object",
        "properties": {"type": {"const": "gauge"}, "level": {"type": "number", "default": 0}},
    }
    return from_schema(schema)


def test_a_component_of_ones_own_looks_as_its_template_says_with_its_children_in_it(
    make_screen: Make, catalogue: Catalogue
) -> None:
    panel = holding("panel", text("Child"), field("name"), about="Beds")
    screen = make_screen(root(panel, text("Below")), catalogue=catalogue)
    assert texts(screen) == ["Screen", "Beds", " wrote", "About Beds", "Child", "Name", "Below"]
    QTest.keyClicks(line(screen, "Name"), "Ines")
    assert "Ines wrote" in texts(screen)
    assert screen.problems == []


def test_it_streams_like_any_other(make_screen: Make, catalogue: Catalogue) -> None:
    tree = root(holding("repeat", holding("panel", text("{litres} l"), about="{bed}"), source="beds"), text("Below"))
    at_once = make_screen(tree, catalogue=catalogue)
    streamed = make_screen(catalogue=catalogue)
    whole = spelt(tree)
    for end in range(0, len(whole) + 1, 3):
        streamed.show_text(whole[:end])
    streamed.show_text(whole)
    assert streamed.outline() == at_once.outline()
    assert streamed.created == at_once.created
    assert {"North", "48 l", "About South"} <= set(texts(streamed))
    streamed.show_tree(root(text("Other")))
    assert texts(streamed) == ["Screen", "Other"]


def test_what_a_template_has_made_belongs_to_the_node_that_has_it(make_screen: Make, catalogue: Catalogue) -> None:
    screen = make_screen(root(holding("panel", text("Child"), about="Beds")), catalogue=catalogue)
    rect = screen.rect_of("/children/0")
    child = screen.rect_of("/children/0/children/0")
    assert rect is not None
    assert child is not None
    assert rect.contains(child)
    assert screen.part_at(rect.topLeft()) == "/children/0"
    assert screen.part_at(child.center()) == "/children/0/children/0"


def test_a_component_that_nothing_shows_is_a_placeholder(make_screen: Make, catalogue: Catalogue) -> None:
    screen = make_screen(root({"type": "gauge", "level": 3}), catalogue=catalogue)
    assert [each.sentence for each in screen.problems] == ["Nothing shows “gauge”: it has no template."]
