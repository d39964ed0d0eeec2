"""OpenAI's recursive schema for screens: elements with attributes become our parts."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from engine.interface.catalogue import bundled
from engine.interface.dialects import read_any

_SCHEMA = jsonschema_rs.Draft202012Validator(bundled().schema)


def element(kind: str, label: str = "", *children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    listed = [{"name": name.rstrip("_"), "value": value} for name, value in attributes.items()]
    return {"type": kind, "label": label, "children": list(children), "attributes": listed}


def parts(tree: dict[str, Any]) -> list[dict[str, Any]]:
    imported = read_any(tree)
    _SCHEMA.validate(imported.tree)
    assert imported.dialect == "openai_ui"
    found: list[dict[str, Any]] = imported.tree["children"]
    return found


def test_a_form_keeps_its_fields_and_takes_its_submit_button() -> None:
    tree = element(
        "form",
        "Register",
        element(
            "div",
            "",
            element("field", "Email", type="email", name="userEmail", placeholder="you@x.org", required="true"),
        ),
        element("field", "Colour", type="select", name="colour", options="Red, Green", value="Green"),
        element("field", "News", type="checkbox", name="news", checked="checked"),
        element("button", "Sign up", type="submit"),
        method="post",
        action="/register",
    )
    imported = read_any(tree)
    assert imported.tree["title"] == "Register"
    (form,) = imported.tree["children"]
    assert (form["type"], form["submit"], form["action"]["kind"]) == ("form", "Sign up", "submit")
    email, colour, news = form["children"]
    assert (email["kind"], email["name"], email["required"]) == ("email", "user_email", True)
    assert (colour["display"], colour["options"], colour["value"]) == ("dropdown", ["Red", "Green"], "Green")
    assert (news["type"], news["value"]) == ("toggle", True)
    assert imported.whole


def test_handlers_are_never_run_and_say_so() -> None:
    imported = read_any(element("div", "", element("button", "Delete", onClick="fetch('https://evil.example')")))
    (button,) = imported.tree["children"]
    assert button["action"] == {"kind": "ask", "target": None, "value": "Delete"}
    assert [(note.pointer, note.kind) for note in imported.notes] == [("/children/0/attributes/0", "design")]


def test_only_addresses_of_the_web_are_opened() -> None:
    web, script = parts(
        element("div", "", element("button", "A", href="https://x.org"), element("button", "B", href="javascript:1"))
    )
    assert web["action"] == {"kind": "open_url", "target": None, "value": "https://x.org"}
    assert script["action"]["kind"] == "ask"


def test_class_names_that_arrange_are_followed() -> None:
    line = [element("field", "One", name="a"), element("field", "Two", name="b")]
    (row,) = parts(element("div", "", element("div", "", *line, className="flex flex-row gap-4")))
    assert row["type"] == "row"
    (grid,) = parts(element("div", "", element("div", "", *line, className="grid grid-cols-2")))
    assert (grid["type"], grid["columns"]) == ("grid", 2)


def test_headings_sections_and_texts_keep_their_words() -> None:
    tree = element(
        "div",
        "",
        element("header", "Shop"),
        element("section", "Offers", element("div", "Cheap {today}")),
        element("unheard", "Odd"),
    )
    imported = read_any(tree)
    assert imported.tree["title"] == "Shop"
    section, odd = imported.tree["children"]
    assert (section["type"], section["title"], section["children"][0]["text"]) == (
        "section",
        "Offers",
        "Cheap {{today}}",
    )
    assert odd["text"] == "Odd"
    assert [note.pointer for note in imported.notes] == ["/children/2"]
