"""Which objects and arrays can be folded, and folding them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.pages.schemas.text.rows import Fold, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.pages.schemas.text.display import RowsDisplay, Shown
    from engine.schema.editing import Node, Syntax


class Folding:
    """The folds of a text in a view. What is folded all at once is folded inside too."""

    def __init__(self, view: RowsDisplay) -> None:
        self._view = view
        self._seen: tuple[Syntax, int, int] | None = None
        self._begun: dict[int, Node] = {}

    def begun(self, seen: list[Shown], syntax: Syntax) -> dict[int, Node]:
        """Return what can be folded of what begins in the rows in sight: the outermost of each line (from 0)."""
        rows = self._view.rows
        if not seen or not rows.line(len(rows) - 1):
            return {}
        first, last = seen[0].row, seen[-1].row
        key = (syntax, rows.start(first), rows.next_start(last))
        if self._seen is None or self._seen[0] is not syntax or self._seen[1:] != key[1:]:
            self._seen = key
            self._begun = {}
            for row in range(first, last + 1):
                if row == last or rows.hidden(row):
                    for node in syntax.holders(rows.start(first), rows.end(row)):
                        if folds(syntax, node):
                            self._begun.setdefault(rows.line(rows.row_at(node.start)), node)
                    first = row + 1
        return self._begun

    def toggle(self, syntax: Syntax, line: int) -> None:
        """Fold what begins in a line, or show it again."""
        row = self._view.rows.last_row(line)
        if self._view.rows.hidden(row):
            self.unfold(syntax, row)
            return
        rows = self._view.rows
        first = rows.row_of_line(line)
        for node in syntax.holders(rows.start(first), rows.end(row)):
            if folds(syntax, node):
                self._show([Fold(node.start, node.end)])
                return

    def fold_at(self, syntax: Syntax, place: int) -> None:
        """Fold what begins in the line of a place, or else what it is in."""
        rows = self._view.rows
        row = rows.row_at(place)
        begun = next((node for node in syntax.holders(rows.start(row), rows.end(row)) if folds(syntax, node)), None)
        node = begun or syntax.holder_at(place)
        if node is not None and folds(syntax, node):
            self._show([Fold(node.start, node.end)])

    def unfold(self, syntax: Syntax, row: int) -> None:
        """Show what is folded behind a row; what is in it stays folded where all was."""
        rows = self._view.rows
        opened = rows.folds_at(row)
        inner = [
            Fold(child.start, child.end, deep=True)
            for fold in opened
            if fold.deep
            for node in syntax.holders(fold.start, fold.start)
            for child in _children(node)
            if folds(syntax, child)
        ]
        self._show(inner, opened)

    def reveal(self, syntax: Syntax, place: int) -> None:
        """Show whatever a place is folded in."""
        while self._view.rows.is_hidden(place):
            self.unfold(syntax, self._view.rows.row_at(place))

    def fold_all(self, syntax: Syntax) -> None:
        """Fold all objects and arrays in the root; what is in them is folded too."""
        if syntax.root is not None:
            made = [Fold(child.start, child.end, deep=True) for child in _children(syntax.root) if folds(syntax, child)]
            self._show_all(made)

    def unfold_all(self) -> None:
        """Show everything."""
        self._show_all([])

    def _show_all(self, made: list[Fold]) -> None:
        view = self._view
        caret, (top, _) = view.caret, view.top()
        view.show_rows(Rows(view.rows.text, tuple(made)))
        caret = view.rows.shown_place(caret)
        view.select(caret, caret)
        view.scroll_to(top)

    def _show(self, shut: Iterable[Fold], opened: Iterable[Fold] = ()) -> None:
        view = self._view
        anchor, caret, top = view.anchor, view.caret, view.top()
        view.show_splices(view.rows.refold(shut, opened))
        view.select(view.rows.shown_place(anchor), view.rows.shown_place(caret))
        view.scroll_to(*top)


def folds(syntax: Syntax, node: Node) -> bool:
    """Tell whether there are lines between the one that an object or array begins in and the one that it ends in."""
    first = syntax.text.find("\n", node.start, node.end)
    return first >= 0 and syntax.text.find("\n", first + 1, node.end) >= 0


def _children(node: Node) -> Iterable[Node]:
    return [member.value for member in node.members()] or node.items()
