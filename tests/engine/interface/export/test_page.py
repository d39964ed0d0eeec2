"""Screens as HTML files: whole, harmless, and as much alive as a page without scripts can be."""

from __future__ import annotations

import base64
import copy
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.style.tokens import THEMES
from engine.interface.catalogue import bundled, from_schema
from engine.interface.examples import example, examples
from engine.interface.export.page import page
from engine.interface.export.pyside import pyside
from engine.interface.sources import read_source
from engine.resources import resource

_VOID = {"br", "hr", "img", "input", "meta"}
_EVIL = "</style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)> & {{x}} javascript:alert(1) \u202e"


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(html: str) -> Reader:
    """Return a page that was read, after all that must hold of any."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert html.startswith("<!doctype html>\n")
    assert reader.open == []
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in reader.elements:
        assert tag not in {"script", "iframe", "object", "embed", "link", "base", "audio", "video"}
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("for", "form", "popovertarget", "aria-labelledby"):
            assert attributes.get(name) is None or attributes[name] in ids, (tag, attributes)
        assert str(attributes.get("src", "data:image/")).startswith("data:image/")
        assert attributes.get("action") is None
        address = attributes.get("href")
        if address is not None:
            assert tag == "a"
            assert re.match(r"https?://|mailto:|#|data:text/csv|data:application/json", address)
            assert not address.startswith("#") or address[1:] in ids
    assert "url(" not in reader.style
    assert "@import" not in reader.style
    for name in re.findall(r"#([\w-]+)", re.sub(r"\{[^}]*\}", "", reader.style)):
        assert name in ids
    (policy,) = [
        meta["content"] for meta in reader.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert str(policy).startswith("default-src 'none'")
    return reader


def screen(*parts: dict[str, Any], title: str = "Screen") -> dict[str, Any]:
    return {"type": "root", "title": title, "children": list(parts)}


def rules_of(reader: Reader, words_of: str, html: str) -> list[str]:
    """Return the rules that hide what contains these words."""
    (names,) = re.findall(rf'class="[^"]*\b(w\d+)"[^>]*>[^<]*(?:<[^>]*>)*{re.escape(words_of)}', html)
    return [line for line in reader.style.splitlines() if line.endswith(f".{names}{{display:none!important}}")]


@pytest.mark.parametrize("key", [each.key for each in examples()])
def test_each_example_is_a_whole_page_without_scripts_that_says_what_the_screen_says(key: str) -> None:
    shipped = example(key)
    sources = [read_source(name, text.encode()) for name, text in shipped.sources.items()]
    reader = read(page(shipped.tree, sources=sources))
    assert shipped.title in reader.text
    for wish in ("label", "title"):
        for node in _nodes(shipped.tree):
            if isinstance(node.get(wish), str) and "{" not in node[wish]:
                assert node[wish] in reader.text


def _nodes(tree: Any) -> list[dict[str, Any]]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += [*node.get("children", []), *node.get("tabs", [])]
    return found


def _with_texts(value: Any, texts: Any) -> Any:
    """Return a tree of which every text that says something is another one."""
    if isinstance(value, dict):
        kept = {
            "type",
            "name",
            "style",
            "tone",
            "kind",
            "display",
            "align",
            "op",
            "direction",
            "source",
            "target",
            "src",
        }
        return {key: inner if key in kept else _with_texts(inner, texts) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_texts(inner, texts) for inner in value]
    return next(texts) if isinstance(value, str) else value


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([each.key for each in examples()]), st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_no_text_becomes_markup(key: str, texts: list[str]) -> None:
    def endless() -> Any:
        while True:
            yield from [*texts, _EVIL]

    read(page(_with_texts(example(key).tree, endless())))


def test_hostile_texts_are_shown_as_they_are() -> None:
    reader = read(
        page(screen({"type": "text", "style": "body", "text": "</p><script>alert(1)</script>"}, title="<b>T</b>"))
    )
    assert "</p><script>alert(1)</script>" in reader.text
    assert "<b>T</b>" in reader.text


def test_markdown_keeps_its_form_and_loses_what_could_run_or_load() -> None:
    text = (
        "# Big\n\n- **bold** and *fine*\n- `code`\n\n[site](https://x.org) [bad](javascript:1) "
        "![pic](https://x.org/p.png) <i>raw</i>"
    )
    reader = read(page(screen({"type": "markdown", "text": text})))
    assert [attributes["href"] for attributes in reader.named("a")] == ["https://x.org"]
    assert len(reader.named("li")) == 2
    assert len(reader.named("strong")) == 1
    assert not reader.named("img")
    assert "<i>raw</i>" in reader.text
    assert "bad" in reader.text


def test_the_colours_are_those_of_the_window_light_and_dark() -> None:
    style = resource("interface", "page.css").read_text("utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    for part, theme in ((light, "light"), (dark.split("* {", 1)[0], "dark")):
        named = dict(re.findall(r"--(\w+): (#[0-9A-F]{6});", part))
        assert len(named) > 20
        assert named == {name: value for name, value in THEMES[theme].named().items() if name in named}  # type: ignore[index]


def test_a_condition_on_a_box_follows_it_by_style_alone() -> None:
    html = page(
        screen(
            {"type": "toggle", "display": "switch", "name": "more", "label": "More", "value": False},
            {
                "type": "when",
                "name": "more",
                "op": "equals",
                "value": True,
                "children": [{"type": "text", "style": "body", "text": "Here it is"}],
            },
        )
    )
    reader = read(html)
    (box,) = [each for each in reader.named("input") if each.get("name") == "more"]
    assert rules_of(reader, "Here it is", html) == [
        f"body:not(:has(#{box['id']}:checked)) .w1{{display:none!important}}"
    ]


def test_a_text_follows_what_is_chosen_and_says_what_is_typed_at_first() -> None:
    html = page(
        screen(
            {
                "type": "choice",
                "display": "radio",
                "name": "plan",
                "label": "Plan",
                "options": ["Basic", "Pro"],
                "value": "Pro",
                "required": True,
            },
            {
                "type": "field",
                "kind": "text",
                "name": "who",
                "label": "Who",
                "placeholder": None,
                "value": "Ada",
                "required": False,
            },
            {"type": "text", "style": "body", "text": "{who} takes {plan}, not {unknown}"},
        )
    )
    read(html)
    assert re.search(r'Ada takes <span class="w\d+">Basic</span><span class="w\d+">Pro</span>', html)
    assert "not {unknown}" in html


def test_a_wizard_goes_on_without_scripts() -> None:
    reader = read(page(example("wizard").tree))
    steps = {str(each["value"]): str(each["id"]) for each in reader.named("input") if each.get("name") == "step"}
    leads = [each["for"] for each in reader.named("label") if "button" in str(each.get("class"))]
    assert list(steps) == ["1 Reason", "2 Time", "3 You", "4 Check"]
    assert set(leads) == set(steps.values())


def test_a_value_that_no_input_has_gets_a_box_that_buttons_set() -> None:
    def to(value: str) -> dict[str, Any]:
        return {
            "type": "button",
            "label": f"Go {value}",
            "style": "secondary",
            "action": {"kind": "set", "target": "page", "value": value},
        }

    html = page(
        screen(
            to("a"),
            to("b"),
            {"type": "when", "name": "page", "op": "equals", "value": "b", "children": [{"type": "divider"}]},
        )
    )
    reader = read(html)
    boxes = [each for each in reader.named("input") if each.get("name") == "page"]
    assert len(boxes) == 3
    assert "checked" in boxes[0]


def test_tabs_dialogs_and_sections_can_be_reached() -> None:
    def go(target: str) -> dict[str, Any]:
        return {
            "type": "button",
            "label": f"To {target}",
            "style": "quiet",
            "action": {"kind": "go", "target": target, "value": None},
        }

    reader = read(
        page(
            screen(
                {
                    "type": "tabs",
                    "tabs": [
                        {"label": "One", "children": [go("Two")]},
                        {"label": "Two", "children": [go("help"), go("More")]},
                    ],
                },
                {"type": "dialog", "name": "help", "title": "Help", "children": [{"type": "divider"}]},
                {"type": "section", "title": "More", "open": False, "children": [{"type": "divider"}]},
            )
        )
    )
    (dialog,) = [each for tag, each in reader.elements if each.get("role") == "dialog"]
    assert dialog["id"] in [each.get("popovertarget") for each in reader.named("button")]
    assert [each["href"] for each in reader.named("a")] == [
        f"#{each['id']}" for tag, each in reader.elements if each.get("class") == "inner"
    ]
    assert len([each for each in reader.named("input") if each.get("type") == "radio"]) == 2


def test_a_form_checks_what_is_filled_in_and_sends_nothing() -> None:
    reader = read(page(example("login").tree))
    forms = reader.named("form")
    assert all(form["method"] == "dialog" for form in forms)
    assert [each.get("type") for each in reader.named("input") if each.get("name") == "password"] == ["password"]
    assert [each for each in reader.named("input") if each.get("name") == "email" and "required" in each]


def test_charts_are_drawn_in_the_page_and_their_numbers_stand_below() -> None:
    for kind in ("bar", "line", "area", "pie", "scatter"):
        reader = read(
            page(
                screen(
                    {
                        "type": "chart",
                        "kind": kind,
                        "title": "Rain",
                        "source": None,
                        "labels": ["Mon", "Tue", "Wed"],
                        "series": [{"name": "mm", "values": [3, 0, 5.5]}],
                    }
                )
            )
        )
        (drawing,) = reader.named("svg")
        assert drawing["aria-label"] == "Rain: Mon 3, Tue 0, Wed 5.5"
        assert len(reader.named("tr")) == 4
        for _, attributes in reader.elements:
            assert "nan" not in str(attributes.get("d", "")) + str(attributes.get("y", ""))


@pytest.mark.parametrize("values", [[], [0, 0], [-3, 4], [1e300, -1e300], [5], [1e-9, 2e-9]])
def test_a_chart_of_odd_numbers_is_still_a_drawing(values: list[float]) -> None:
    labels = [str(number) for number in values]
    for kind in ("bar", "area", "pie", "scatter"):
        chart = {
            "type": "chart",
            "kind": kind,
            "title": "",
            "source": None,
            "labels": labels,
            "series": [{"name": "x", "values": values}],
        }
        reader = read(page(screen(chart)))
        assert "inf" not in "".join(
            str(attributes) for tag, attributes in reader.elements if tag in {"rect", "path", "line"}
        )


def test_a_table_can_be_saved_as_a_file_from_the_page() -> None:
    shipped = example("dashboard")
    sources = [read_source(name, text.encode()) for name, text in shipped.sources.items()]
    reader = read(page(shipped.tree, sources=sources))
    (link,) = [each for each in reader.named("a") if "download" in each]
    data = base64.b64decode(str(link["href"]).partition("base64,")[2]).decode()
    assert data.splitlines()[0] == "Month,Revenue,Last year,Orders,Region,State"
    assert data.splitlines()[1].startswith("January,31200,")


def test_rows_of_a_source_are_repeated_and_their_cells_are_no_markup() -> None:
    source = read_source("team.csv", b"Name,Role\nAda,<b>Lead</b>\nBo,{Name}\n")
    part = {
        "type": "repeat",
        "source": "team",
        "children": [{"type": "text", "style": "body", "text": "{Name}: {Role}"}],
    }
    reader = read(page(screen(part), sources=[source]))
    assert "Ada: <b>Lead</b> Bo: {Name}" in reader.text


def test_only_pictures_that_are_given_stand_in_the_page_others_are_words() -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 8
    parts = [{"type": "image", "src": name, "alt": f"A {name}"} for name in ("cat", "dog", "svg")]
    reader = read(page(screen(*parts), images={"cat": png, "svg": b"<svg onload=alert(1)>"}))
    assert [each["alt"] for each in reader.named("img")] == ["A cat"]
    assert "A dog" in reader.text
    assert "A svg" in reader.text


def test_what_is_unknown_or_broken_is_said_and_what_it_holds_is_shown() -> None:
    reader = read(page(screen({"type": "sparkline", "children": [{"type": "text", "style": "body", "text": "kept"}]})))
    assert "“sparkline” is not a known component." in reader.text
    assert "kept" in reader.text
    assert read(page({"type": "root"})).named("main")
    assert bundled().component("sparkline") is None


def test_a_component_of_a_persons_own_catalogue_is_what_stands_behind_it() -> None:
    schema = copy.deepcopy(bundled().schema)
    schema["$defs"]["greeting"] = {
        "title": "Greeting",
        "type": "object",
        "additionalProperties": False,
        "required": ["type", "who"],
        "properties": {"type": {"const": "greeting"}, "who": {"type": "string", "default": ""}},
        "x-template": {"type": "card", "title": "Hello", "children": [{"type": "text", "text": "Dear {who}"}]},
    }
    schema["$defs"]["node"]["anyOf"].append({"$ref": "#/$defs/greeting"})
    own = from_schema(schema)
    tree = screen({"type": "greeting", "who": "<Ada>"})
    assert "Hello Dear <Ada>" in read(page(tree, catalogue=own)).text
    assert '"Dear <Ada>"' in pyside(tree, catalogue=own)
