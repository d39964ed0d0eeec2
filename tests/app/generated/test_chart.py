"""Charts: what they say of their numbers, and that growing, pointing and scrolling leave the page alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QToolTip, QVBoxLayout, QWidget

from app.models.chart import read_chart, series_colours
from app.style.tokens import DARK, LIGHT
from app.widgets.generated.chart_view import ChartView
from engine.interface.scale import scale, spell
from engine.interface.sources import Column, Source
from tests.app.generated.nodes import root

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.widgets.generated.screen import Screen

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HARVEST = [{"name": "Harvest", "values": [31, 44, 38, 52, 61, 47, 29]}]
NUMBERS = st.floats(min_value=-1e300, max_value=1e300)


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> ChartView:
    view = ChartView(theme)
    qtbot.addWidget(view)
    view.resize(360, 300)
    view.show()
    return view


def colours_in(view: QWidget) -> set[str]:
    QApplication.processEvents()
    image = view.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    }


# Numbers


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.booleans())
def test_a_scale_holds_all_values_between_a_few_round_marks(values: list[float], from_zero: bool) -> None:
    made = scale(values, from_zero=from_zero)
    assert made.low <= min(values) + (made.high - made.low) * 1e-6
    assert made.high >= max(values)
    assert 1 <= len(made.marks) <= 7
    assert len(made.words()) == len(made.marks)
    if from_zero:
        assert made.low <= 0 <= made.high


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([31, 61], ["0", "20", "40", "60"]),
        ([0.1, 0.35], ["0", "0.1", "0.2", "0.3"]),
        ([1_200_000, 100], ["0", "0.5M", "1.0M"]),
        ([45_000], ["0", "20,000", "40,000"]),
        ([-3, 5], ["-4", "-2", "0", "2", "4"]),
        ([0], ["0.0", "0.5", "1.0"]),
    ],
)
def test_marks_are_written_alike(values: list[float], words: list[str]) -> None:
    shown = scale(values, from_zero=True).words()
    assert [word.replace("0.0", "0") for word in shown] == [word.replace("0.0", "0") for word in words]


def test_values_that_lie_close_together_far_from_zero_have_a_scale_of_their_own() -> None:
    assert scale([1001, 1003], from_zero=False).low > 900
    assert scale([1001, 1003], from_zero=True).low == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [(61, "61"), (21.4, "21.4"), (1_234_567, "1,234,567"), (0.1 + 0.2, "0.3"), (1e300, "1e+300"), (-0.5, "-0.5")],
)
def test_values_are_written_for_people(value: float, words: str) -> None:
    assert spell(value) == words


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Harvest, kg", "61 kg"),
        ("Share (%)", "61%"),
        ("Temperature, °C", "61 °C"),
        ("Speed, km/h", "61 km/h"),
        ("Harvest", "61"),
        ("Sales, 2024", "61"),
        ("Sales, worldwide", "61"),
    ],
)
def test_a_unit_at_the_end_of_the_title_stands_behind_values(title: str, told: str) -> None:
    assert read_chart("bar", title, ["a"], [{"name": "", "values": [61]}]).told(0) == f"a\n{told}"


@pytest.mark.parametrize(
    ("kind", "labels", "series", "sentence"),
    [
        ("bar", DAYS, [], "No values yet."),
        ("bar", [], [], "No values yet."),
        (
            "line",
            ["a"],
            ["no object", {"values": "none"}, {"values": [None, True, "x", float("nan")]}],
            "No values yet.",
        ),
        ("pie", ["a", "b"], [{"name": "", "values": [3, -1]}], "A pie cannot show values below zero."),
        ("pie", ["a"], [{"name": "", "values": [0]}], "All values are zero: there is nothing to share out."),
    ],
)
def test_what_cannot_be_drawn_is_said(kind: str, labels: list[str], series: list[Any], sentence: str) -> None:
    chart = read_chart(kind, "", labels, series)
    assert chart.sentence == sentence
    assert chart.series == ()


@pytest.mark.parametrize(
    ("kind", "values", "note"),
    [
        ("bar", [[1, 2]], "There are 2 values for 3 labels."),
        ("bar", [[1, 2, 3, 4]], "There are 4 values for 3 labels."),
        ("line", [[1, 2, 3], [1]], "“B” has 1 value for 3 labels."),
        ("pie", [[1, 2, 3], [1, 2, 3]], "A pie shows one series: 1 more left out."),
        ("bar", [[1, 2, 3]], ""),
    ],
)
def test_what_does_not_fit_is_said_beside_what_does(kind: str, values: list[list[int]], note: str) -> None:
    series = [{"name": name, "values": each} for name, each in zip("AB", values, strict=False)]
    chart = read_chart(kind, "", ["x", "y", "z"], series)
    assert chart.note == note
    assert all(len(each.values) == 3 for each in chart.series)
    assert chart.values


def test_numbers_as_labels_of_a_scatter_chart_are_where_its_points_stand() -> None:
    points = [{"name": "", "values": [1, 2, 3]}]
    assert read_chart("scatter", "", ["1", "2.5", "10"], points).places == (1.0, 2.5, 10.0)
    assert read_chart("scatter", "", ["1", "two", "10"], points).places == (0.0, 1.0, 2.0)


def test_every_series_has_a_colour_of_its_own_and_the_first_is_the_accent() -> None:
    for tokens in (LIGHT, DARK):
        colours = series_colours(tokens, 20)
        assert len(set(colours)) == 20
        assert colours[0] == tokens.accent


# The widget


def test_the_largest_bar_is_loud_and_the_others_quiet_in_both_themes(view: ChartView, theme: Theme) -> None:
    view.show_chart("bar", "Harvest, kg", DAYS, HARVEST)
    assert {LIGHT.accent, LIGHT.accentLine} <= colours_in(view)
    theme.choose("dark")
    assert {DARK.accent, DARK.accentLine} <= colours_in(view)
    assert LIGHT.accent not in colours_in(view)


@pytest.mark.parametrize("kind", ["bar", "line", "area", "scatter", "pie"])
def test_each_kind_draws_and_is_told_to_who_cannot_see_it(view: ChartView, kind: str) -> None:
    view.show_chart(kind, "Harvest, kg", DAYS, HARVEST)
    assert LIGHT.accent in colours_in(view)
    assert view.accessibleName() == f"{kind.capitalize()} chart: Harvest, kg"
    assert view.accessibleDescription().startswith("Mon: 31 kg; Tue: 44 kg;")


def test_a_chart_that_grows_keeps_its_picture_and_its_items(view: ChartView) -> None:
    view.show_chart("bar", "", DAYS, [])
    assert view.sentence == "No values yet."
    kept = None
    for count in range(1, 8):
        view.show_chart("bar", "", DAYS, [{"name": "a", "values": list(range(count))}])
        picture = view._picture
        assert picture is not None
        kept = kept or (picture, list(picture._items))
        assert kept == (picture, picture._items)
    view.show_chart("bar", "", DAYS, [HARVEST[0], HARVEST[0]])
    assert view._picture is kept[0]
    assert view._picture._items[0] is kept[1][0]
    assert view.sentence == ""


def test_a_chart_can_become_another_kind_and_come_back(view: ChartView) -> None:
    for kind in ("bar", "pie", "line", "scatter", "bar"):
        view.show_chart(kind, "", DAYS, HARVEST)
        assert LIGHT.accent in colours_in(view)
    view.show_chart("bar", "", [], [])
    assert LIGHT.accent not in colours_in(view)


def test_series_are_named_only_where_there_are_several(view: ChartView) -> None:
    view.show_chart("line", "", DAYS, HARVEST)
    assert view._legend.isHidden()
    view.show_chart("line", "", DAYS, [*HARVEST, {"name": "Plan", "values": [40] * 7}])
    assert view._legend.isVisible()
    assert view._legend.height() >= 20


def test_the_wheel_scrolls_the_page_also_over_a_chart(theme: Theme, qtbot: QtBot) -> None:
    page, inside = QScrollArea(), QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(inside)
    for kind in ("bar", "pie", "line", "bar"):
        view = ChartView(theme)
        view.show_chart(kind, "", DAYS, HARVEST)
        column.addWidget(view)
    page.setWidget(inside)
    page.setWidgetResizable(True)
    page.resize(400, 300)
    page.show()
    QApplication.processEvents()
    for _ in range(5):
        before = page.verticalScrollBar().value()
        QTest.wheelEvent(page.windowHandle(), QPointF(200, 150), QPoint(0, -120))
        QApplication.processEvents()
        assert page.verticalScrollBar().value() > before


def test_pointing_at_a_bar_tells_its_value_as_it_is_written(view: ChartView, qtbot: QtBot) -> None:
    view.show_chart("bar", "Harvest, kg", ["<b>Mon</b>", "Tue"], [{"name": "", "values": [5, 7]}])
    picture = view._picture
    assert picture is not None
    QApplication.processEvents()
    viewport = picture._view.viewport()
    qtbot.mouseMove(viewport, QPoint(viewport.width() // 3, viewport.height() // 2))
    qtbot.waitUntil(lambda: "5 kg" in QToolTip.text())
    assert "&lt;b&gt;Mon&lt;/b&gt;" in QToolTip.text()
    QToolTip.hideText()


@pytest.mark.parametrize("kind", ["bar", "pie"])
def test_the_arrow_keys_go_from_value_to_value(view: ChartView, qtbot: QtBot, kind: str) -> None:
    view.show_chart(kind, "", DAYS, HARVEST)
    view.setFocus()
    pointed = []
    assert view._shown is not None
    view._shown.pointed.connect(pointed.append)
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_End,
        Qt.Key.Key_Home,
        Qt.Key.Key_Escape,
    ):
        qtbot.keyClick(view, key)
    assert pointed == [0, 1, 0, 6, 0, -1]


def test_values_no_screen_can_show_do_no_harm(view: ChartView) -> None:
    for kind in ("bar", "line", "area", "scatter"):
        for values in ([1e308, -1e308], [5e-324, 0], [1e300, -1e300], [1e16, 1e16 + 2]):
            view.show_chart(kind, "x" * 5_000, ["a" * 5_000, "b"], [{"name": "c" * 5_000, "values": values}] * 2)
            view.grab()
    view.resize(30, 30)
    view.grab()


def test_many_values_are_drawn_and_the_first_are_read_out(view: ChartView) -> None:
    labels = [str(year) for year in range(2_000)]
    view.show_chart("line", "", labels, [{"name": "a", "values": list(range(2_000))}])
    assert LIGHT.accent in colours_in(view)
    assert view.accessibleDescription().endswith("and 1970 more")


def test_numbers_of_a_source_that_are_written_for_people_are_drawn(make_screen: Callable[..., Screen]) -> None:
    harvest = Source(
        "harvest", (Column("bed", "text"), Column("grams", "number")), (("North", "1,250"), ("South", "980"))
    )
    chart = {"type": "chart", "kind": "bar", "title": "Harvest", "source": "harvest", "labels": ["bed"],
             "series": [{"name": "grams", "values": []}]}  # fmt: skip
    screen = make_screen(root(chart), sources=[harvest])
    (view,) = screen.findChildren(ChartView)
    assert view.chart is not None
    assert view.chart.labels == ("North", "South")
    assert view.chart.values == [1250.0, 980.0]
