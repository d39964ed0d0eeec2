"""What a model is told, and what it is held to: examples that can be written, and demands that can be met."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.report import check_schema
from engine.interface.asking import Means, for_change, for_part, for_sentence, for_submit, outline, written
from engine.interface.catalogue import bundled, from_schema
from engine.interface.examples import example, examples
from engine.interface.key_order import in_order
from engine.interface.precedents import exchange, nearest
from engine.interface.profiles import tree_schema
from engine.interface.sources import read_source
from engine.resources import resource

if TYPE_CHECKING:
    from engine.interface.asking import Brief
    from tests.engine.conftest import Judge, MakeJudge

CORE, FULL = Means(bundled()), Means(bundled(), "full")
SCREENS: list[dict[str, Any]] = json.loads(resource("interface", "precedents.json").read_text("utf-8"))["screens"]
SENTENCES = [
    "A form: name, date of birth, whether to call back, red or white",
    "A complaint about a neighbour",
    "A dashboard of the orchard with apples, pears and plums",
    "A table of trees with height and age",
    "A chart of the harvest by month",
    "Something nice",
    "A form: " + ", ".join(["name"] * 3 + ["1st", "2nd", "!?", "ß", 'a "quoted" \\ word']),
]


def spelled(tree: Any) -> str:
    return written(in_order(tree, bundled()))


def screen(*children: Any, title: str = "Orchard") -> dict[str, Any]:
    return {"type": "root", "title": title, "children": list(children)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "style": "body", "text": words}


def field(label: str, kind: str = "text", name: str | None = None) -> dict[str, Any]:
    return {"type": "field", "kind": kind, "name": name or label.casefold().replace(" ", "_"), "label": label,
            "placeholder": None, "value": None, "required": True}  # fmt: skip


def form(*inputs: Any) -> dict[str, Any]:
    action = {"kind": "submit", "target": None, "value": None}
    return {"type": "form", "name": "tree", "children": list(inputs), "submit": "Plant", "action": action}


def metric(label: str) -> dict[str, Any]:
    return {"type": "metric", "label": label, "value": "7", "delta": None, "tone": "neutral"}


def row(*children: Any) -> dict[str, Any]:
    return {"type": "row", "align": "stretch", "wrap": True, "children": list(children)}


def chart(title: str) -> dict[str, Any]:
    return {"type": "chart", "kind": "bar", "title": title, "source": None, "labels": ["May", "June"],
            "series": [{"name": "Pears", "values": [1, 2]}]}  # fmt: skip


TREE = screen(text("Which tree?"), form(field("Name"), field("Height", "number")), chart("Harvest by month"))


def schema_of(brief: Brief) -> Any:
    return json.loads(brief.schema_text)


# Examples


@pytest.fixture(scope="module")
def core(judge: MakeJudge) -> Judge:
    return judge(tree_schema(bundled()))


@pytest.mark.parametrize("shown", SCREENS, ids=lambda shown: shown["sentence"])
def test_each_screen_that_is_shown_is_written_as_the_core_profile_has_it(core: Judge, shown: Any) -> None:
    assert core.masks(written(shown["tree"]))


@pytest.mark.parametrize("shown", SCREENS, ids=lambda shown: shown["sentence"])
def test_a_sentence_that_is_an_example_is_shown_that(shown: Any) -> None:
    assert nearest(shown["sentence"]).tree == shown["tree"]


@pytest.mark.parametrize(
    ("sentence", "like"),
    [
        ("Log in with a user name and a password", "A login form: e-mail, password, stay logged in"),
        ("Book a flat: arrival and departure", "Book a hotel room: arrival, departure, number of guests, kind of room"),
        ("The revenue by month as a chart", "A sales dashboard: revenue, orders, returns, and a chart by month"),
    ],
)
def test_the_nearest_screen_is_shown(sentence: str, like: str) -> None:
    assert for_sentence(sentence, CORE).turns[0] == ("user", like)


def test_of_those_that_ask_or_do_not_only_such_are_shown() -> None:
    assert nearest("hotel room", asks=False).asks is False
    assert nearest("revenue", asks=True).asks is True


def test_the_message_that_leads_is_short_and_the_whole_no_longer_than_two_screens() -> None:
    for sentence in SENTENCES:
        brief = for_sentence(sentence, CORE)
        assert len(brief.system) < 250
        assert sum(len(told) for _, told in brief.turns) < 1_200
        assert brief.turns[-1] == ("user", sentence)


@pytest.mark.parametrize("kind", ["change", "submit"])
def test_the_example_of_a_change_can_be_written(judge: MakeJudge, kind: str) -> None:
    (_, asked), (_, answer) = exchange(kind)  # type: ignore[arg-type]
    tree, _, wish = asked.removeprefix("Screen:\n").partition("\n\n")
    ask = for_change if kind == "change" else for_submit
    brief = ask(wish.partition(": ")[2], json.loads(tree), CORE)
    assert judge(schema_of(brief)).masks(answer)


def test_the_example_of_a_part_can_be_written(judge: MakeJudge) -> None:
    (_, asked), (_, answer) = exchange("part")
    part = json.loads(asked.split("Part:\n")[1].partition("\n\n")[0])
    brief = for_part(
        asked.rpartition("Change: ")[2], screen(text("Who comes to the party?"), part), "/children/1", CORE
    )
    assert judge(schema_of(brief)).masks(answer)


# Demands


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_demanded_leaves_nothing_to_be_checked(sentence: str) -> None:
    report = check_schema(schema_of(for_sentence(sentence, CORE)))
    assert {use.how for use in report.uses} <= {"mask", "rewritten", "annotation"}
    assert not report.provisional


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_demanded_is_a_screen_of_the_core_profile(judge: MakeJudge, core: Judge, sentence: str) -> None:
    demanding = judge(schema_of(for_sentence(sentence, CORE)))
    for shown in SCREENS:
        spelling = demanding.spell(shown["tree"])
        assert spelling == written(shown["tree"]), "a demand changes no order of keys"
        assert not demanding.masks(spelling) or core.masks(spelling)


def test_what_is_listed_is_asked_for_under_its_words_and_in_its_kind(judge: MakeJudge) -> None:
    held = judge(schema_of(for_sentence("A form: borrower, return date", CORE)))
    right = screen(form(field("Borrower"), field("Return date", "date")))
    assert held.masks(spelled(right))
    assert held.masks(spelled(screen(text("Lend a book."), *right["children"], chart("Loans"))))
    for wrong in (
        screen(text("A form.")),
        screen(form(field("Borrower"))),
        screen(form(field("Return date", "date"), field("Borrower"))),
        screen(form(field("Borrower"), field("Return date", "password"))),
        screen(form(field("Borrower"), field("Due", "date"))),
    ):
        assert not held.masks(spelled(wrong)), wrong


def test_where_nothing_is_listed_inputs_differ_in_kind_and_name(judge: MakeJudge) -> None:
    held = judge(schema_of(for_sentence("A complaint form", CORE)))
    assert held.masks(spelled(screen(form(field("What?", name="what"), field("When?", "date", name="day")))))
    same = field("Complaint", name="what")
    assert not held.masks(spelled(screen(form(same, same))))
    assert not held.masks(spelled(screen(form(same))))


def test_labels_that_are_alike_have_names_of_their_own(judge: MakeJudge) -> None:
    held = judge(schema_of(for_sentence("A form: 1st name, first name, ?!", CORE)))
    names = [field("1st name", name="value_1st_name"), field("First name"), field("?!", name="value")]
    assert held.masks(spelled(screen(form(*names[:2])))) or held.masks(spelled(screen(form(*names))))


def test_what_shows_has_the_figures_or_columns_that_are_listed(judge: MakeJudge) -> None:
    held = judge(schema_of(for_sentence("A dashboard with apples and pears", CORE)))
    assert held.masks(spelled(screen(row(metric("Apples"), metric("Pears")), chart("Harvest"), title="Dashboard")))
    assert not held.masks(spelled(screen(row(metric("Apples"), metric("Plums")), chart("Harvest"), title="Dashboard")))
    table = {"type": "table", "columns": [{"label": each, "kind": "text"} for each in ("Tree", "Height", "Age")],
             "source": None, "rows": [["Pear", "9 m", "40"]]}  # fmt: skip
    listed = judge(schema_of(for_sentence("A table of trees with height and age", CORE)))
    assert listed.masks(spelled(screen(table, title="Table of trees")))
    assert not listed.masks(spelled(screen(chart("Trees"), title="Table of trees")))


def test_the_full_profile_another_catalogue_and_data_are_left_alone() -> None:
    sentence = "A form: name, date of birth"
    source = read_source("trees.csv", b"Name,Born\nPear,1990\n")
    assert schema_of(for_sentence(sentence, FULL)) == tree_schema(bundled(), profile="full")
    attached = Means(bundled(), sources=(source,))
    assert schema_of(for_sentence(sentence, attached)) == tree_schema(bundled(), sources=(source,))
    definitions = {
        "root": {
            "type": "object",
            "properties": {
                "type": {"const": "root"},
                "title": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/leaf"}},
            },
        },
        "leaf": {"type": "object", "properties": {"type": {"const": "leaf"}, "word": {"type": "string"}}},
    }
    own = from_schema({"$defs": definitions})
    assert schema_of(for_sentence(sentence, Means(own))) == tree_schema(own)
    for brief in (
        for_change("add a leaf", {"type": "root", "title": "", "children": []}, Means(own)),
        for_submit("{}", {"type": "root", "title": "", "children": []}, Means(own)),
    ):
        check_schema(schema_of(brief))


def test_what_is_attached_is_told_by_name() -> None:
    source = read_source("trees.csv", b"Name,Born\nPear,1990\n")
    told = for_sentence("The trees", Means(bundled(), sources=(source,), images=("pear.png",))).turns[-1][1]
    assert "trees: Name (text), Born (number)" in told
    assert "pear.png" in told


# Changes


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("remove the height", {"op": "remove", "at": "/children/1/children/1"}),
        ("leave the chart away", {"op": "remove", "at": "/children/2"}),
        ("ask for the e-mail too", {"op": "append", "at": "/children/1", "node": field("E-mail", "email", "email")}),
        ("add a sentence about pears", {"op": "append", "at": "", "node": text("Pears are ripe.")}),
        ("the chart by week, please", {"op": "replace", "at": "/children/2", "node": chart("By week")}),
        ("call the name species", {"op": "replace", "at": "/children/1/children/0", "node": field("Species")}),
    ],
)
def test_a_change_is_made_where_its_sentence_says(judge: MakeJudge, sentence: str, change: Any) -> None:
    held = judge(schema_of(for_change(sentence, TREE, CORE)))
    node = {"node": in_order(change["node"], bundled())} if "node" in change else {}
    assert held.masks(written({"type": "patch", "changes": [{**change, **node}]}))
    assert not held.masks(written({"type": "patch", "changes": [{"op": "remove", "at": "/children/0"}]}))


def test_a_change_that_names_nothing_may_be_any(judge: MakeJudge) -> None:
    held = judge(schema_of(for_change("make it nicer", TREE, CORE)))
    assert held.masks(written({"type": "patch", "changes": [{"op": "remove", "at": "/children/0"}]}))
    assert held.masks(spelled(TREE))


@pytest.mark.parametrize("sentence", ["remove the height", "ask for the e-mail too", "the chart as a pie", "nicer"])
def test_what_a_change_is_held_to_leaves_nothing_to_be_checked(sentence: str) -> None:
    assert not check_schema(schema_of(for_change(sentence, TREE, CORE))).provisional


def test_a_reply_is_another_screen_or_stands_below(judge: MakeJudge) -> None:
    held = judge(schema_of(for_submit('{"action": "tree", "values": {"name": "Pear"}}', TREE, CORE)))
    reply = {"op": "append", "at": "", "node": text("The pear is planted.")}
    assert held.masks(written({"type": "patch", "changes": [reply]}))
    assert held.masks(spelled(screen(text("The pear is planted."))))
    assert not held.masks(written({"type": "patch", "changes": [{**reply, "op": "replace", "at": "/children/1"}]}))


def test_a_part_stays_what_it_is_unless_the_sentence_names_another(judge: MakeJudge) -> None:
    place = "/children/1/children/1"
    same = judge(schema_of(for_part("in metres", TREE, place, CORE)))
    assert same.masks(spelled(field("Height in metres", "number", "height")))
    assert not same.masks(spelled(chart("Heights")))
    other = judge(schema_of(for_part("as a chart", TREE, place, CORE)))
    assert other.masks(spelled(chart("Heights")))
    whole = judge(schema_of(for_part("anew", TREE, "", CORE)))
    assert whole.masks(spelled(TREE))


def test_a_part_of_the_full_profile_may_become_any_and_a_tab_stays_one(judge: MakeJudge) -> None:
    wizard = example("wizard").tree
    part = judge(schema_of(for_part("anew", wizard, "/children/0/tabs/0/children/0", FULL)))
    assert part.masks(spelled({"type": "divider"}))
    tab = judge(schema_of(for_part("anew", wizard, "/children/0/tabs/0", FULL)))
    assert tab.masks(spelled({"label": "First", "children": [{"type": "divider"}]}))
    assert not tab.masks(spelled({"type": "divider"}))


def test_an_outline_has_a_line_a_node_and_marks_the_part() -> None:
    assert outline(TREE, "/children/1/children/0") == [
        "root Orchard",
        "  text Which tree?",
        "  form tree",
        "    field Name  <- this part",
        "    field Height",
        "  chart Harvest by month",
    ]
    assert outline({"type": "root", "children": [3, None, {"children": []}]}) == ["root", "  tab", "  tab", "  tab"]


@pytest.mark.parametrize("shown", examples(), ids=lambda shown: shown.key)
def test_every_part_of_the_examples_can_be_asked_for_anew(shown: Any) -> None:
    for brief in (
        for_change("make it shorter", shown.tree, FULL),
        for_part("shorter", shown.tree, "/children/0", FULL),
    ):
        assert json.loads(brief.schema_text)["$defs"]
        assert all(told for _, told in brief.turns)
