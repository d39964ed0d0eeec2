"""The mask alone lets through what is a screen, and nothing else: no column, picture or place that is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.report import check_schema
from engine.errors import InvalidRequest
from engine.interface.catalogue import bundled, from_schema
from engine.interface.examples import example, examples
from engine.interface.key_order import in_order
from engine.interface.profiles import answer_schema, part_schema, tree_schema
from engine.interface.sources import Column, Source, read_source

if TYPE_CHECKING:
    from engine.interface.profiles import Profile
    from tests.engine.conftest import Judge, MakeJudge

SALES = Source("sales", (Column("Month", "text"), Column("Amount", "number"), Column("Day", "date")), ())
STAFF = Source("staff", (Column("Name", "text"), Column("Age", "number"), Column("In", "boolean")), ())
SUBMIT = {"kind": "submit", "target": None, "value": None}
PROFILES: tuple[Profile, ...] = ("core", "full")
SCHEMAS = {
    f"{kind}-{profile}-{len(sources)}-{len(images)}": make(profile, sources, images)
    for profile in PROFILES
    for sources in ((), (SALES,), (SALES, STAFF))
    for images in ((), ("logo.png",))
    for kind, make in {
        "tree": lambda profile, sources, images: tree_schema(
            bundled(), profile=profile, sources=sources, images=images
        ),
        "part": lambda profile, sources, images: part_schema(
            bundled(), profile=profile, sources=sources, images=images
        ),
        "answer": lambda profile, sources, images: answer_schema(
            bundled(), profile=profile, sources=sources, images=images, pointers=["", "/children/0"]
        ),
    }.items()
}


def root(*children: Any) -> dict[str, Any]:
    return {"type": "root", "title": "Greenhouse", "children": list(children)}


def field(name: str, kind: str = "text") -> dict[str, Any]:
    return {"type": "field", "kind": kind, "name": name, "label": name.title(), "placeholder": None, "value": None,
            "required": True}  # fmt: skip


def button(**action: Any) -> dict[str, Any]:
    return {"type": "button", "label": "Press", "style": "primary", "action": {**SUBMIT, **action}}


def choice(display: str, value: Any) -> dict[str, Any]:
    return {"type": "choice", "display": display, "name": "bed", "label": "Bed", "options": ["North", "South"],
            "value": value, "required": True}  # fmt: skip


def row(*children: Any) -> dict[str, Any]:
    return {"type": "row", "align": "stretch", "wrap": True, "children": list(children)}


def card(*children: Any) -> dict[str, Any]:
    return {"type": "card", "title": None, "tone": "neutral", "children": list(children)}


def table(columns: str, rows: list[list[str]], source: str | None = None, kind: str = "text") -> dict[str, Any]:
    named = [{"label": name, "kind": kind} for name in columns.split()]
    return {"type": "table", "columns": named, "source": source, "rows": rows}


def chart(labels: list[str], values: list[float], source: str | None = None, name: str = "kg") -> dict[str, Any]:
    return {"type": "chart", "kind": "bar", "title": "Harvest", "source": source, "labels": labels,
            "series": [{"name": name, "values": values}]}  # fmt: skip


TEXT = {"type": "text", "style": "body", "text": "a"}
METRIC = {"type": "metric", "label": "Temperature", "value": "21.4 °C", "delta": None, "tone": "good"}
FORM = {"type": "form", "name": "plan", "submit": "Plan it", "action": SUBMIT, "children": [
    row(choice("dropdown", None), field("start"), field("litres", "number")),
    {"type": "toggle", "display": "checkbox", "name": "skip", "label": "Skip if it rains", "value": True},
]}  # fmt: skip
SCREEN = root(
    row(METRIC, METRIC),
    row(card(chart(["Mon", "Tue"], [31, 44.5])), table("Bed When", [["North", "07:10"], ["South", "07:32"]])),
    FORM,
    choice("checkboxes", []),
    button(kind="ask", value="Show more"),
)


@pytest.fixture(scope="module")
def judges(judge: MakeJudge) -> dict[tuple[str, bool], Judge]:
    """Return judges of both profiles, without and with data sources and a picture."""
    return {
        (profile, attached): judge(
            tree_schema(
                bundled(),
                profile=profile,
                sources=(SALES, STAFF) if attached else (),
                images=("logo.png",) if attached else (),
            )
        )
        for profile in PROFILES
        for attached in (False, True)
    }


def spelled(tree: Any) -> str:
    return json.dumps(in_order(tree, bundled()), ensure_ascii=False)


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_nothing_is_left_to_be_checked_so_that_no_text_is_withdrawn(schema: Any) -> None:
    report = check_schema(schema)
    assert {use.how for use in report.uses} <= {"mask", "rewritten", "annotation"}
    assert not report.provisional


@pytest.mark.parametrize("profile", PROFILES)
def test_a_screen_passes_in_the_order_in_which_it_is_spelled(
    judges: dict[tuple[str, bool], Judge], profile: str
) -> None:
    judge = judges[profile, False]
    assert judge.masks(spelled(SCREEN))
    assert judge.checks(spelled(SCREEN))
    assert judge.spell(SCREEN) == spelled(SCREEN)


@pytest.mark.parametrize("shown", examples(), ids=lambda shown: shown.key)
def test_each_example_that_ships_can_be_written(judge: MakeJudge, shown: Any) -> None:
    sources = [read_source(name, text.encode()) for name, text in shown.sources.items()]
    full = judge(tree_schema(bundled(), profile="full", sources=sources))
    assert full.masks(spelled(shown.tree))


def test_an_example_cannot_name_columns_of_another_file(judge: MakeJudge) -> None:
    shown = example("dashboard")
    ((name, text),) = shown.sources.items()
    renamed = read_source(name, text.replace("Revenue", "Turnover").encode())
    assert not judge(tree_schema(bundled(), profile="full", sources=[renamed])).masks(spelled(shown.tree))


SOURCED = [
    table("Month", [], "sales"),
    chart(["Month"], [], "sales", "Amount"),
    chart(["Name"], [], "staff", "Age"),
]
DANGLING = [
    table("Turnover", [], "sales"),
    table("Month", [], "orders"),
    table("Month Age", [], "sales"),
    table("Month", [["May"]], "sales"),
    table("Amount", [], "sales", kind="date"),
    chart(["Amount"], [], "sales", "Turnover"),
    chart(["Month"], [], "sales", "Age"),
    chart(["Month"], [], "sales", "Month"),
    chart(["Month"], [3], "sales", "Amount"),
    chart(["Month", "Day"], [], "sales", "Amount"),
    {"type": "repeat", "source": "orders", "children": [TEXT]},
    {"type": "image", "src": "other.png", "alt": "Logo"},
]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_attached_can_be_named_and_nothing_else(judges: dict[tuple[str, bool], Judge], profile: str) -> None:
    judge = judges[profile, True]
    picture = {"type": "image", "src": "logo.png", "alt": "Logo"}
    repeat = {"type": "repeat", "source": "staff", "children": [TEXT]}
    for node in [*SOURCED, picture, *([repeat] if profile == "full" else [])]:
        assert judge.masks(spelled(root(node))), node
    for node in DANGLING:
        assert not judge.masks(spelled(root(node))), node


def test_rows_of_its_own_are_for_the_full_profile_where_data_is_attached(judges: dict[tuple[str, bool], Judge]) -> None:
    own = spelled(root(table("Bed When", [["North", "07:10"]])))
    assert judges["full", True].masks(own)
    assert not judges["core", True].masks(own)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "node",
    [
        *SOURCED,
        {"type": "repeat", "source": "sales", "children": [TEXT]},
        {"type": "sparkline", "points": []},
        {"text": "a", "style": "body"},
        {**TEXT, "colour": "red"},
        {"type": "text", "style": "body"},
        table("Bed When", [["North"]]),
        table("Bed When", [["North", "07:10", "more"]]),
        chart(["Mon", "Tue"], [1]),
        chart(["Mon", "Tue"], [1, 2, 3]),
        choice("radio", []),
        choice("checkboxes", "North"),
        field("Not A Name"),
        field("x" * 41),
        button(kind="run"),
        button(kind="set", target=None, value="a"),
        button(kind="open_url", value="javascript:alert(1)"),
        button(kind="open_url", value="file:///etc/passwd"),
        button(kind="export", target="a", value="exe"),
        {**FORM, "action": {**SUBMIT, "kind": "reset", "value": 5}},
    ],
)
def test_what_is_no_component_cannot_be_written(judges: dict[tuple[str, bool], Judge], profile: str, node: Any) -> None:
    assert not judges[profile, False].masks(spelled(root(node)))
    assert judges[profile, False].masks(spelled(root(TEXT)))


def test_the_core_profile_ends_whatever_a_model_does() -> None:
    schema = tree_schema(bundled(), sources=(SALES,), images=("logo.png",))
    definitions = schema["$defs"]

    def depth(here: Any, inside: tuple[str, ...] = ()) -> int:
        if isinstance(here, list):
            return max((depth(each, inside) for each in here), default=0)
        if not isinstance(here, dict):
            return 0
        if here.get("type") == "array":
            assert here["maxItems"] <= 8
        if here.get("type") == "string":
            assert "maxLength" in here or "pattern" in here
        name = here.get("$ref", "").removeprefix("#/$defs/")
        assert name not in inside
        below = (not name.startswith("any_")) + depth(definitions[name], (*inside, name)) if name else 0
        return max([below, *(depth(value, inside) for key, value in here.items() if key not in {"$defs", "$ref"})])

    assert depth(schema) == 5


def test_containers_in_containers_go_three_levels_down_in_the_core_profile(
    judges: dict[tuple[str, bool], Judge],
) -> None:
    within = root(card(FORM))
    too_deep = root(row(card(row(card(TEXT)))))
    assert judges["core", False].masks(spelled(within))
    assert not judges["core", False].masks(spelled(too_deep))
    assert judges["full", False].masks(spelled(too_deep))
    assert not judges["core", False].masks(spelled(root()))
    assert not judges["core", False].masks(spelled(root(*[TEXT] * 9)))
    assert not judges["core", False].masks(spelled(root({**FORM, "children": [FORM]})))


POINTERS = ["", "/children/0", "/children/1", "/children/1/tabs/0", "/children/1/tabs/0/children/0"]


def patch(op: str, at: str, node: Any = None) -> str:
    named = {} if node is None else {"node": in_order(node, bundled())}
    return json.dumps({"type": "patch", "changes": [{"op": op, "at": at, **named}]}, ensure_ascii=False)


@pytest.mark.parametrize("profile", PROFILES)
def test_an_answer_is_a_tree_or_changes_of_what_is_there(judge: MakeJudge, profile: Profile) -> None:
    answer = judge(
        answer_schema(bundled(), profile=profile, pointers=POINTERS, holders=["", "/children/1/tabs/0"])
    )  # fmt: skip
    assert answer.masks(spelled(SCREEN))
    for op, at, node in (
        ("replace", "/children/0", FORM),
        ("before", "/children/1/tabs/0/children/0", TEXT),
        ("after", "/children/1", METRIC),
        ("append", "", SCREEN["children"][1]),
        ("append", "/children/1/tabs/0", TEXT),
        ("remove", "/children/1", None),
    ):
        assert answer.masks(patch(op, at, node)), (op, at)
    for op, at, node in (
        ("replace", "/children/7", TEXT),
        ("replace", "", TEXT),
        ("replace", "/children/1/tabs/0", TEXT),
        ("replace", "/children/0", root(TEXT)),
        ("replace", "/children/0", None),
        ("append", "/children/0", TEXT),
        ("remove", "", None),
        ("remove", "/children/0", TEXT),
        ("paint", "/children/0", TEXT),
    ):
        assert not answer.masks(patch(op, at, node)), (op, at)
    assert not answer.masks('{"type": "patch", "changes": []}')


def test_an_answer_about_an_empty_screen_can_add_to_it(judge: MakeJudge) -> None:
    answer = judge(answer_schema(bundled(), pointers=[""]))
    assert answer.masks(patch("append", "", TEXT))
    assert not answer.masks(patch("remove", ""))
    assert answer_schema(bundled(), pointers=[]) == tree_schema(bundled())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_part_is_one_of_the_types_that_are_asked_for(judge: MakeJudge, profile: Profile) -> None:
    form = judge(part_schema(bundled(), profile=profile, among=["form", "card"]))
    assert form.masks(spelled(FORM))
    assert form.masks(spelled(card(TEXT)))
    assert not form.masks(spelled(TEXT))
    assert judge(part_schema(bundled(), profile=profile)).masks(spelled(TEXT))
    assert judge(part_schema(bundled(), profile=profile, among=["root"])).masks(spelled(SCREEN))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_tab_is_written_anew_as_a_tab(judge: MakeJudge, profile: Profile) -> None:
    tab = judge(part_schema(bundled(), profile=profile, among=["tab"]))
    assert tab.masks(spelled({"label": "Costs", "children": [TEXT, card(TEXT)]}))
    assert not tab.masks(spelled(TEXT))


def test_a_part_of_no_type_that_is_there_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        part_schema(bundled(), among=["sparkline", "tabs"])


def test_a_catalogue_of_ones_own_is_held_to(judge: MakeJudge) -> None:
    schema = json.loads(json.dumps(bundled().schema))
    definitions = schema["$defs"]
    definitions["node"]["anyOf"] = [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/my%20gauge"}, {"$ref": "#/$defs/row"}]
    definitions["text"]["properties"]["style"]["enum"] = ["body", "code"]
    definitions["my gauge"] = {
        "type": "object",
        "required": ["type", "label", "value"],
        "properties": {
            "type": {"const": "my gauge"},
            "label": {"type": "string", "maxLength": 20},
            "value": {"type": "number", "minimum": 0, "maximum": 10},
            "hint": {"type": "string"},
        },
    }
    own = judge(tree_schema(from_schema(schema), profile="full"))
    gauge = {"type": "my gauge", "label": "Heat", "value": 4}
    assert own.masks(json.dumps(root(gauge, {**TEXT, "style": "code"})))
    assert own.masks(json.dumps(root(row({**gauge, "hint": "of ten"}))))
    assert not own.masks(json.dumps(root({**gauge, "value": 11})))
    assert not own.masks(json.dumps(root({**TEXT, "style": "title"})))
    assert not own.masks(json.dumps(root(METRIC)))
