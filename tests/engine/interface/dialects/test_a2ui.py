"""A2UI v0.9: messages become one tree of ours that says and does the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from engine.interface.catalogue import bundled
from engine.interface.dialects import Imported, NotImported, read_any, read_text

_SCHEMA = jsonschema_rs.Draft202012Validator(bundled().schema)
_CATALOG = "https://a2ui.org/specification/v0_9/catalogs/basic/catalog.json"


def messages(*components: dict[str, Any], data: Any = None) -> list[dict[str, Any]]:
    """Return the messages that make one surface of these components."""
    made: list[dict[str, Any]] = [
        {"version": "v0.9", "createSurface": {"surfaceId": "s", "catalogId": _CATALOG}},
        {"version": "v0.9", "updateComponents": {"surfaceId": "s", "components": list(components)}},
    ]
    if data is not None:
        made.append({"version": "v0.9", "updateDataModel": {"surfaceId": "s", "value": data}})
    return made


def shown(*components: dict[str, Any], data: Any = None) -> list[dict[str, Any]]:
    """Return the parts that these components become; the first of them is the root's only child's contents."""
    imported = read_any(messages(*components, data=data))
    _SCHEMA.validate(imported.tree)
    children: list[dict[str, Any]] = imported.tree["children"]
    return children


def root(*children: str, component: str = "Column", **props: Any) -> dict[str, Any]:
    return {"id": "root", "component": component, "children": list(children), **props}


def text(name: str, value: Any, variant: str = "body") -> dict[str, Any]:
    return {"id": name, "component": "Text", "text": value, "variant": variant}


def call(name: str, **args: Any) -> dict[str, Any]:
    return {"call": name, "args": args, "returnType": "string"}


def said(value: Any, data: Any = None) -> str:
    """Return what a text with this value says."""
    (part,) = shown(root("t"), text("t", value), data=data)
    found: str = part["text"]
    return found


def notes(imported: Imported, kind: str = "lost") -> list[tuple[str, str]]:
    return [(note.pointer, note.sentence) for note in imported.notes if note.kind == kind]


def test_ids_become_nesting_in_whichever_order_they_come() -> None:
    (card,) = shown(
        text("title", "Hello", "h3"),
        {"id": "root", "component": "Card", "child": "inner"},
        {"id": "inner", "component": "Column", "children": ["title", "line"]},
        {"id": "line", "component": "Divider"},
    )
    assert card["type"] == "card"
    assert [part["type"] for part in card["children"]] == ["text", "divider"]
    assert card["children"][0] == {"type": "text", "style": "heading", "text": "Hello"}


def test_a_heading_that_begins_the_screen_is_its_title_else_the_name_of_the_file_is() -> None:
    assert read_any(messages(root("t"), text("t", "# Today", "h1"))).tree["title"] == "Today"
    named = {"name": "Agenda", "messages": messages(root("t"), text("t", "nothing"))}
    assert read_any(named).tree["title"] == "Agenda"


def test_later_components_and_data_replace_earlier_ones() -> None:
    sent = messages(root("a"), text("a", {"path": "/x/y"}), data={"x": {"y": 1}})
    sent.append({"version": "v0.9", "updateDataModel": {"surfaceId": "s", "path": "/x/y", "value": "new"}})
    sent.append(
        {"version": "v0.9", "updateComponents": {"surfaceId": "s", "components": [root("a", "b"), text("b", "more")]}}
    )
    assert [part["text"] for part in read_any(sent).tree["children"]] == ["new", "more"]


def test_data_at_a_path_that_is_not_there_is_made_and_a_missing_value_takes_it_away() -> None:
    sent = messages(
        root("a", "b"), text("a", {"path": "/list/0/name"}), text("b", {"path": "/gone"}), data={"gone": "x"}
    )
    sent.append({"updateDataModel": {"surfaceId": "s", "path": "/list/0/name", "value": "first"}})
    sent.append({"updateDataModel": {"surfaceId": "s", "path": "/gone"}})
    assert [part["text"] for part in read_any(sent).tree["children"]] == ["first"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"path": "/n"}, "12400"),
        (call("formatNumber", value={"path": "/n"}), "12,400"),
        (call("formatNumber", value=1.23456, decimals=1), "1.2"),
        (call("formatNumber", value=12400, grouping=False), "12400"),
        (call("formatCurrency", value=1188.0, currency="USD"), "$1,188.00"),
        (call("formatCurrency", value=-5, currency="EUR"), "-€5.00"),
        (call("formatCurrency", value=1200, currency="JPY"), "¥1,200"),
        (
            call("formatDate", value="2025-12-15T07:30:00Z", format="EEEE, MMM d 'at' h:mm a"),
            "Monday, Dec 15 at 7:30 AM",
        ),
        (call("formatDate", value="2025-12-15", format="yyyy-MM-dd"), "2025-12-15"),
        (call("formatDate", value="2025-01-05T15:04:05Z", format="HH:mm:ss, dd.MM.yy"), "15:04:05, 05.01.25"),
        (call("pluralize", value=1, one="review", other="reviews"), "review"),
        (call("pluralize", value=3, one="review", other="reviews"), "reviews"),
        (call("add", a=2, b=call("multiply", a=3, b=4)), "14"),
        (call("formatString", value="${/n} of ${formatNumber(value: ${/n})}"), "12400 of 12,400"),
        (call("formatString", value="\\${/n} is ${/n}"), "${{/n}} is 12400"),
        (call("formatString", value="${pluralize(value: 2, one: 'it\\'s', other: \"many\")}"), "many"),
    ],
)
def test_values_and_functions_are_worked_out(value: Any, expected: str) -> None:
    assert said(value, {"n": 12400}) == expected


def test_braces_in_data_are_shown_and_are_no_places_for_values() -> None:
    assert said({"path": "/x"}, {"x": "{name}"}) == "{{name}}"


def test_what_an_input_writes_to_is_shown_as_it_is_typed() -> None:
    name, line = shown(
        root("f", "t"),
        {"id": "f", "component": "TextField", "label": "Guest", "value": {"path": "/event/guestName"}},
        text("t", call("formatString", value="Welcome, ${/event/guestName}!")),
        data={"event": {"guestName": "Ada"}},
    )
    assert name["name"] == "guest_name"
    assert name["value"] == "Ada"
    assert line["text"] == "Welcome, {guest_name}!"


def test_a_preview_before_its_inputs_follows_them_too() -> None:
    line, _ = shown(
        root("t", "f"),
        text("t", {"path": "/n"}),
        {"id": "f", "component": "TextField", "label": "N", "value": {"path": "/n"}},
        data={"n": "x"},
    )
    assert line["text"] == "{n}"


def test_two_inputs_of_one_path_share_a_value_and_others_have_names_of_their_own() -> None:
    parts = shown(
        root("a", "b", "c"),
        {"id": "a", "component": "TextField", "label": "A", "value": {"path": "/home/email"}},
        {"id": "b", "component": "TextField", "label": "B", "value": {"path": "/home/email"}},
        {"id": "c", "component": "TextField", "label": "C", "value": {"path": "/office/email"}},
    )
    assert [part["name"] for part in parts] == ["email", "email", "office_email"]


def test_templates_come_once_a_row_with_paths_of_that_row() -> None:
    (first, second) = shown(
        {"id": "root", "component": "List", "children": {"path": "/rows", "componentId": "row"}},
        {"id": "row", "component": "Row", "children": ["n", "c"]},
        text("n", {"path": "name"}),
        text("c", {"path": "/company"}, "caption"),
        data={"company": "Acme", "rows": [{"name": "Ada"}, {"name": "Bo"}]},
    )[0]["children"]
    assert [part["text"] for part in first["children"]] == ["Ada", "Acme"]
    assert [part["text"] for part in second["children"]] == ["Bo", "Acme"]


def test_a_long_list_is_one_part_with_its_rows_as_data() -> None:
    rows = [{"name": f"N{number}", "size": number * 1000} for number in range(300)]
    imported = read_any(
        messages(
            {"id": "root", "component": "List", "children": {"path": "/rows", "componentId": "row"}},
            {"id": "row", "component": "Row", "children": ["n", "s"]},
            text("n", {"path": "name"}),
            text("s", call("formatNumber", value={"path": "size"})),
            data={"rows": rows},
        )
    )
    (part,) = imported.tree["children"]
    (source,) = imported.sources
    assert imported.whole
    assert part["type"] == "repeat"
    assert part["source"] == source.name
    assert len(source.rows) == 300
    assert source.rows[2] == ("N2", "2,000")
    line = part["children"][0]["children"]
    assert [each["text"] for each in line] == [f"{{{column.name}}}" for column in source.columns]


def test_a_long_list_of_inputs_stays_a_list_since_each_has_a_value_of_its_own() -> None:
    imported = read_any(
        messages(
            {"id": "root", "component": "List", "children": {"path": "/rows", "componentId": "box"}},
            {"id": "box", "component": "CheckBox", "label": {"path": "name"}, "value": {"path": "done"}},
            data={"rows": [{"name": f"N{number}", "done": number % 2 == 0} for number in range(40)]},
        )
    )
    boxes = imported.tree["children"][0]["children"]
    assert len({box["name"] for box in boxes}) == 40
    assert [box["value"] for box in boxes[:3]] == [True, False, True]


def test_checks_that_a_form_makes_become_its_own_and_the_button_becomes_that_of_the_form() -> None:
    email = {"path": "/email"}
    heading, form = shown(
        root("h", "f", "b"),
        text("h", "Sign in", "h3"),
        {
            "id": "f",
            "component": "TextField",
            "label": "Email",
            "value": email,
            "checks": [
                {"condition": call("required", value=email), "message": "needed"},
                {"condition": call("email", value=email), "message": "wrong"},
            ],
        },
        {
            "id": "b",
            "component": "Button",
            "child": "bt",
            "action": {"event": {"name": "login", "context": {"e": email}}},
        },
        text("bt", "Go"),
    )
    assert heading["text"] == "Sign in"
    assert form["type"] == "form"
    assert form["submit"] == "Go"
    assert form["action"] == {"kind": "submit", "target": None, "value": "login"}
    assert form["children"][0]["required"]
    assert form["children"][0]["kind"] == "email"


def test_a_check_that_cannot_be_made_is_told_and_its_rule_is_shown() -> None:
    zip_code = {"path": "/zip"}
    imported = read_any(
        messages(
            root("f"),
            {
                "id": "f",
                "component": "TextField",
                "label": "Zip",
                "value": zip_code,
                "checks": [
                    {"condition": call("regex", value=zip_code, pattern="^[0-9]{5}$"), "message": "Must be five digits"}
                ],
            },
        )
    )
    assert not imported.whole
    (pointer, sentence), *_ = notes(imported)
    assert pointer == "/1/updateComponents/components/1/checks/0"
    assert "Must be five digits" in sentence
    assert imported.tree["children"][0]["placeholder"] == "Must be five digits"


def test_inputs_become_ours_with_what_they_hold() -> None:
    parts = shown(
        root("c", "m", "s", "d", "k"),
        {
            "id": "c",
            "component": "ChoicePicker",
            "label": "Billing",
            "variant": "mutuallyExclusive",
            "displayStyle": "chips",
            "options": [{"label": "Annual", "value": "a"}, {"label": "Monthly", "value": "m"}],
            "value": {"path": "/billing"},
        },
        {
            "id": "m",
            "component": "ChoicePicker",
            "label": "Extras",
            "variant": "multipleSelection",
            "options": [{"label": "Salt", "value": "s"}, {"label": "Pepper", "value": "p"}],
            "value": {"path": "/extras"},
        },
        {"id": "s", "component": "Slider", "label": "Volume", "min": 0, "max": 1, "value": {"path": "/volume"}},
        {
            "id": "d",
            "component": "DateTimeInput",
            "label": "When",
            "enableDate": True,
            "enableTime": True,
            "value": {"path": "/date"},
        },
        {"id": "k", "component": "CheckBox", "label": "Done", "value": {"path": "/done"}},
        data={"billing": ["m"], "extras": ["p", "s"], "volume": 0.4, "date": "2025-12-15T17:00:00Z", "done": True},
    )
    choice, several, slider, moment, done = parts
    assert (choice["display"], choice["options"], choice["value"]) == ("segmented", ["Annual", "Monthly"], "Monthly")
    assert (several["display"], several["value"]) == ("checkboxes", ["Pepper", "Salt"])
    assert (slider["max"], slider["value"]) == (1, 0.4)
    assert [(field["kind"], field["value"]) for field in moment["children"]] == [
        ("date", "2025-12-15"),
        ("time", "17:00"),
    ]
    assert done["value"] is True


def test_a_text_before_an_input_without_a_label_is_its_label() -> None:
    (choice,) = shown(
        root("t", "c", component="Row"),
        text("t", "Billing period"),
        {"id": "c", "component": "ChoicePicker", "options": [{"label": "A", "value": "A"}], "value": {"path": "/p"}},
        data={},
    )
    assert choice["label"] == "Billing period"


def test_a_modal_is_a_dialog_that_its_trigger_opens_wherever_that_stands() -> None:
    button, dialog = shown(
        root("b", "m"),
        {"id": "b", "component": "Button", "child": "bt", "action": {"event": {"name": "open"}}},
        text("bt", "Look"),
        {"id": "m", "component": "Modal", "trigger": "b", "content": "inside"},
        text("inside", "Here I am"),
    )
    assert button["action"] == {"kind": "go", "target": dialog["name"], "value": None}
    assert dialog["type"] == "dialog"
    assert dialog["title"] == "Look"
    assert dialog["children"][0]["text"] == "Here I am"


def test_pictures_are_not_fetched_but_said_in_words_and_can_be_attached_by_name() -> None:
    imported = read_any(
        messages(
            root("i"),
            {"id": "i", "component": "Image", "url": {"path": "/albumArt"}},
            data={"albumArt": "https://x.org/a.png"},
        )
    )
    (part,) = imported.tree["children"]
    assert part == {"type": "image", "src": "album_art", "alt": "Album art"}
    assert imported.whole
    assert "https://x.org/a.png" in notes(imported, "design")[0][1]
    assert "x.org" not in json.dumps(imported.tree)


def test_films_and_sounds_can_be_opened_in_a_browser_but_only_from_the_web() -> None:
    (inner,) = shown(root("v"), {"id": "v", "component": "Video", "url": "https://x.org/film.mp4"})
    assert inner["children"][1]["action"] == {"kind": "open_url", "target": None, "value": "https://x.org/film.mp4"}
    (picture,) = shown(root("v"), {"id": "v", "component": "Video", "url": "file:///etc/passwd"})
    assert picture["type"] == "image"


def test_a_button_opens_an_address_of_the_web_and_runs_nothing_else() -> None:
    def does(called: dict[str, Any], data: Any = None) -> dict[str, Any]:
        (part,) = shown(
            root("b"),
            {"id": "b", "component": "Button", "child": "t", "action": {"functionCall": called}},
            text("t", "Open"),
            data=data,
        )
        found: dict[str, Any] = part["action"]
        return found

    assert does(call("openUrl", url="${/u}"), {"u": "https://x.org"})["value"] == "https://x.org"
    assert does(call("openUrl", url="javascript:alert(1)"))["kind"] == "ask"
    assert does(call("deleteFiles", path="/"))["kind"] == "ask"


def test_what_an_event_tells_beside_the_inputs_goes_with_it() -> None:
    (part,) = shown(
        root("b"),
        {
            "id": "b",
            "component": "Button",
            "child": "t",
            "variant": "primary",
            "action": {"event": {"name": "book", "context": {"item": {"path": "/id"}, "empty": ""}}},
        },
        text("t", "Book"),
        data={"id": 7},
    )
    assert part["style"] == "primary"
    assert part["action"] == {"kind": "ask", "target": None, "value": "book: item 7"}


def test_layout_says_how_parts_share_the_width() -> None:
    (row,) = shown(root("a", "b", component="Row", justify="spaceBetween"), text("a", "x"), text("b", "y"))
    assert row["align"] == "between"
    (split,) = shown(root("a", "b", component="Row"), text("a", "x") | {"weight": 3}, text("b", "y") | {"weight": 1})
    assert (split["type"], split["ratio"]) == ("split", 0.75)
    (centred,) = shown(root("a", align="center"), text("a", "x"))
    assert (centred["type"], centred["align"]) == ("row", "center")


def test_tabs_icons_and_markdown() -> None:
    (tabs,) = shown(
        root("tabs"),
        {"id": "tabs", "component": "Tabs", "tabs": [{"title": "One", "child": "i"}, {"title": "Two", "child": "m"}]},
        {"id": "i", "component": "Icon", "name": "locationOn"},
        text("m", "# Title\n\n- **bold**"),
    )
    assert [tab["label"] for tab in tabs["tabs"]] == ["One", "Two"]
    assert tabs["tabs"][0]["children"][0]["name"] == "map-pin"
    assert tabs["tabs"][1]["children"][0]["type"] == "markdown"


def test_several_surfaces_are_tabs() -> None:
    sent = messages(root("a"), text("a", "one"))
    sent += [
        {"updateComponents": {"surfaceId": "orderList", "components": [root("b"), text("b", "two")]}},
    ]
    (tabs,) = read_any(sent).tree["children"]
    assert [tab["label"] for tab in tabs["tabs"]] == ["S", "Order list"]


def test_a_stream_of_lines_is_read_and_a_deleted_surface_is_shown_as_it_was() -> None:
    lines = [json.dumps(each) for each in messages(root("a"), text("a", "kept"))]
    lines.append(json.dumps({"version": "v0.9", "deleteSurface": {"surfaceId": "s"}}))
    imported = read_text("\n".join(lines))
    assert imported.tree["children"][0]["text"] == "kept"
    assert imported.whole


def test_an_older_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotImported) as caught:
        read_any([{"surfaceUpdate": {"surfaceId": "s", "components": []}}])
    assert "v0.8" in caught.value.message
    assert "v0.9" in str(caught.value.advice)


def test_a_component_that_is_missing_or_unknown_is_told_with_its_place_and_the_rest_is_shown() -> None:
    imported = read_any(
        messages(
            root("gone", "map", "t"),
            {"id": "map", "component": "Map", "children": ["u"]},
            text("t", "here"),
            text("u", "in it"),
        )
    )
    assert [part["text"] for part in imported.tree["children"]] == ["in it", "here"]
    assert ("/1/updateComponents/components/0/children/0", "There is no component “gone”.") in notes(imported)
    assert any("Map" in sentence for _, sentence in notes(imported))


def test_what_stands_in_itself_is_left_out_there() -> None:
    imported = read_any(messages(root("a"), {"id": "a", "component": "Card", "child": "b"}, root("a") | {"id": "b"}))
    assert not imported.whole
    assert imported.tree["children"] == [{"type": "card", "title": None, "tone": "neutral", "children": []}]


def test_what_would_grow_without_end_is_cut_where_that_can_be_read() -> None:
    doubled = [{"id": f"n{at}", "component": "Row", "children": [f"n{at + 1}"] * 8} for at in range(20)]
    imported = read_any(messages(root("n0"), *doubled, text("n20", "x")))
    assert any(sentence.startswith("Cut here") for _, sentence in notes(imported))
    assert len(json.dumps(imported.tree)) < 1_000_000
