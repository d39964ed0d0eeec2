"""Parts that show data, written in the tree or from a source: charts, tables, trees, Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject

from app.models.chart import KINDS
from app.style.plain_text import one_line
from app.widgets.generated.chart_view import ChartView
from app.widgets.generated.layouts import MEASURE, Extent
from app.widgets.generated.markdown_view import MarkdownView
from app.widgets.generated.part import LIMITS, Part
from app.widgets.generated.table_view import GeneratedTable
from app.widgets.generated.tree_view import GeneratedTreeView
from engine.interface.columns import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from PySide6.QtWidgets import QWidget

    from engine.interface.sources import Source

_MOST_POINTS: Final = 2_000


class Hosted(Part):
    """A part that is one widget with a Qt layout of its own."""

    def hold(self, view: QWidget) -> None:
        """Take the widget in, and follow its height."""
        self.view = view
        self._high = 0
        view.setParent(self)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the screen out anew where the widget asks for another height."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.view:
            self._follow()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Take notice where the widget, without a layout in it, asks what it stands in for another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._follow()
        return super().event(event)

    def _follow(self) -> None:
        if self.width() > 0 and self._asked(self.width()) != self._high:
            self.touch()

    def _asked(self, width: int) -> int:
        view = self.view
        asked = view.heightForWidth(width) if view.hasHeightForWidth() else view.sizeHint().height()
        return max(0, asked, view.minimumSizeHint().height())

    def high(self, width: int) -> int:
        """Return the height that the widget asks for."""
        self._high = self._asked(width)
        return self._high

    def arrange(self) -> None:
        """Fill the part with the widget."""
        self.view.setGeometry(0, 0, self.width(), self.height())

    def source(self) -> Source | None:
        """Return the source that is named, or say that there is none."""
        name = self.value("source")
        self.wrong.pop("source", None)
        if not isinstance(name, str) or not name:
            return None
        found = self.host.sources.get(name)
        if found is None and self.growing != "source":
            self.wrong["source"] = f"There is no data source “{one_line(name, 80)}”."
        return found

    def expect(self, source: Source, columns: Iterable[str]) -> None:
        """Say which of these columns a source has not, once all of them are written."""
        missing = source.missing(columns) if self.closed else None
        if missing is not None:
            self.wrong["source"] = f"“{one_line(source.name, 80)}” has no column “{one_line(missing, 80)}”."

    def focusable(self) -> Sequence[QWidget]:
        """Return the widget."""
        return (self.view,)


class Chart(Hosted):
    """Numbers as a picture."""

    def build(self) -> None:
        """Make the view."""
        self.chart = ChartView(self.host.theme)
        self.hold(self.chart)

    def refresh(self) -> None:
        """Show the numbers, those of the source where there is one."""
        labels: list[Any] = [self.filled(each) for each in self.items("labels")]
        series = [each for each in self.items("series") if isinstance(each, dict)]
        source = self.source()
        if source is not None:
            labels, series = self._from(source, labels, series)
        elif isinstance(self.value("source"), str) and self.value("source"):
            labels, series = [], []
        self.chart.show_chart(self.word("kind", KINDS), self.text("title"), labels, series)

    def _from(self, source: Source, labels: list[Any], series: list[Any]) -> tuple[list[Any], list[Any]]:
        named = [str(each.get("name")) for each in series]
        across = [str(each) for each in labels[:1]]
        self.expect(source, [*across, *named])
        is_known = bool(across) and source.missing(across) is None
        shown = source.cells(across[0], _MOST_POINTS) if is_known else []
        return shown or [str(number + 1) for number in range(len(source.rows[:_MOST_POINTS]))], [
            {"name": name, "values": list(numbers(source.cells(name, _MOST_POINTS)))}
            for name in named
            if source.missing([name]) is None
        ]

    def measure(self) -> Extent:
        """Share a line with others."""
        return Extent(240, 320, 2 * MEASURE, weight=1, above=16, below=16, apart=24)

    def spoken(self) -> tuple[str, ...]:
        """Return the title and the values."""
        return self.chart.accessibleName(), self.chart.accessibleDescription()


class Table(Hosted):
    """Rows of texts under columns, written in the tree or from a source."""

    def build(self) -> None:
        """Make the view."""
        self.table = GeneratedTable(self.host.theme)
        self.hold(self.table)
        self.columns: list[Any] = []
        self.rows: list[list[str]] = []

    def refresh(self) -> None:
        """Show the rows, those of the source where there is one."""
        self.columns = [each for each in self.items("columns") if isinstance(each, dict)]
        source = self.source()
        if source is not None:
            self.rows = self._from(source)
        else:
            named = bool(self.value("source"))
            self.rows = [] if named else [self._row(each) for each in self.items("rows") if isinstance(each, list)]
        shown = [{**each, "label": self.filled(each.get("label"))} for each in self.columns]
        self.table.show_table(shown, self.rows, growing=not self.closed)

    def _row(self, cells: list[Any]) -> list[str]:
        return [self.filled(cell) for cell in cells]

    def _from(self, source: Source) -> list[list[str]]:
        labels = [str(each.get("label")) for each in self.columns]
        self.expect(source, labels)
        self._note_length("source", source.rows)
        return source.table(labels, LIMITS.items)

    def as_rows(self) -> list[list[str]]:
        """Return all rows with the headings first, those that are not shown included."""
        source = self.source()
        labels = [str(each.get("label", "")) for each in self.columns]
        return [labels, *(self.rows if source is None else source.table(labels))]

    def measure(self) -> Extent:
        """Share a line with others; many columns need more of it."""
        least = min(480, max(200, 64 * len(self.columns)))
        return Extent(least, max(320, least), weight=1, above=16, below=16, apart=24)

    def spoken(self) -> tuple[str, ...]:
        """Return headings, cells, and the sentence below."""
        labels = [f"{each.get('label')}: {each.get('kind')}" for each in self.columns]
        return *labels, *("|".join(row) for row in self.rows), self.table.sentence

    def focusable(self) -> Sequence[QWidget]:
        """Return the cells."""
        return (self.table.view,)


class Tree(Hosted):
    """Labels within labels."""

    _DEEPEST: Final = 24

    def build(self) -> None:
        """Make the view."""
        self.tree = GeneratedTreeView(self.host.theme)
        self.hold(self.tree)
        self.branches: list[dict[str, Any]] = []

    def refresh(self) -> None:
        """Show the labels."""
        self.branches = self._filled(self.items("nodes"), 0)
        self.tree.show_tree(self.branches, growing=not self.closed)

    def _filled(self, given: Any, depth: int) -> list[dict[str, Any]]:
        branches = given if isinstance(given, list) and depth < self._DEEPEST else []
        return [
            {"label": self.filled(each.get("label")), "children": self._filled(each.get("children"), depth + 1)}
            for each in branches
            if isinstance(each, dict)
        ]

    def measure(self) -> Extent:
        """Share a line with others."""
        return Extent(200, 320, MEASURE, weight=1, above=12, below=12, apart=24)

    def spoken(self) -> tuple[str, ...]:
        """Return the labels, each behind as many dots as it is deep."""
        return tuple(_labels(self.branches))

    def focusable(self) -> Sequence[QWidget]:
        """Return the labels."""
        return (self.tree.view,)


def _labels(branches: list[dict[str, Any]], dots: str = "") -> Iterator[str]:
    for each in branches:
        yield dots + each["label"]
        yield from _labels(each["children"], dots + ".")


class Markdown(Hosted):
    """Formatted text."""

    def build(self) -> None:
        """Make the view."""
        self.prose = MarkdownView(self.host.theme)
        self.prose.link_asked.connect(self.host.ask_address)
        self.hold(self.prose)
        self.words = ""

    def refresh(self) -> None:
        """Show the text."""
        words = self.text("text")
        self.prose.show_text(words, growing=self.growing == "text")
        if words != self.words:
            self.words = words
            self.touch()

    def measure(self) -> Extent:
        """Take a line that can be read."""
        room = 8 if self.words else 0
        return Extent(200, 480, MEASURE, weight=1, above=room, below=room, apart=24)

    def spoken(self) -> tuple[str, ...]:
        """Return the text as it is shown."""
        return (self.prose.toPlainText(),)
