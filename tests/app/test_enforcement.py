from __future__ import annotations

import html
from typing import TYPE_CHECKING, get_args

from app.exchange import FORMATS, FormatName, Preview
from app.models.enforcement import HOLDINGS, count_holdings, meaning_of
from app.pages.playground.inspector.enforcement_bar import EnforcementBar
from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained
from engine.model.protocol import Enforcement

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

PREVIEW = Preview(
    "prompt",
    12,
    (
        *(("/properties/a", f"keyword{number}", "mask") for number in range(17)),
        ("/properties/b", "if", "rewritten"),
        ("/properties/tags", "uniqueItems", "check"),
        ("/properties/tags", "contains", "check"),
        *((f"/properties/{number}", "title", "annotation") for number in range(30)),
    ),
)


def bar(theme: Theme, qtbot: QtBot, width: int) -> EnforcementBar:
    made = EnforcementBar(theme)
    qtbot.addWidget(made)
    made.resize(width, made.height())
    made.show()
    made.show_preview(PREVIEW)
    return made


def test_every_way_of_the_engine_has_its_words() -> None:
    assert set(HOLDINGS) == set(get_args(Enforcement.model_fields["how"].annotation))


def test_every_format_is_one_of_the_engine() -> None:
    specs = (AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained)
    assert {spec.model_fields["kind"].default for spec in specs} == set(FORMATS) == set(get_args(FormatName))


def test_ways_are_counted_in_words() -> None:
    assert count_holdings(["check", "mask", "mask", "rewritten"]) == "2 masked, 1 rewritten, 1 checked"
    assert count_holdings([]) == ""


def test_a_way_from_a_newer_version_keeps_its_name() -> None:
    assert meaning_of("foretold") == "foretold"


def test_the_bar_says_all_four_ways(theme: Theme, qtbot: QtBot) -> None:
    made = bar(theme, qtbot, 360)
    assert [words for _, words in made.legend] == ["17 masked", "1 rewritten", "2 checked", "30 noted"]
    assert made.accessibleName().endswith("17 masked, 1 rewritten, 2 checked, 30 noted")
    assert not made.grab().isNull()


def test_the_legend_of_a_narrow_bar_takes_another_line(theme: Theme, qtbot: QtBot) -> None:
    wide, narrow = bar(theme, qtbot, 480), bar(theme, qtbot, 240)
    assert narrow.height() > wide.height()
    assert {line for *_, line in narrow._places()} == {0, 1}


def test_the_tooltip_tells_what_is_not_held_to_by_the_mask(theme: Theme, qtbot: QtBot) -> None:
    words = html.unescape(bar(theme, qtbot, 360).toolTip())
    assert "Said to the mask in other words, which mean the same:\n    /properties/b/if" in words
    assert "written again where it fails:\n    /properties/tags/uniqueItems\n    /properties/tags/contains" in words
    assert "and 10 more" in words
    assert "keyword0" not in words


def test_without_a_preview_nothing_is_counted(theme: Theme, qtbot: QtBot) -> None:
    made = bar(theme, qtbot, 360)
    made.show_preview(None)
    assert [words for _, words in made.legend] == ["masked", "rewritten", "checked", "noted"]
    assert made.toolTip() == ""
