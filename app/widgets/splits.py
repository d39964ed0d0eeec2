"""Parts of a page beside or below each other, whose sizes a person shares out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import Qt


def split_of(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Return a split with a hairline between its parts, none of which can be shut."""
    split = QSplitter(orientation)
    split.setHandleWidth(1)
    split.setChildrenCollapsible(False)
    for widget in widgets:
        split.addWidget(widget)
    return split


def are_sizes(kept: Any, many: int) -> bool:
    """Tell whether a setting holds the sizes of so many splits of two parts."""
    return (
        isinstance(kept, list)
        and len(kept) == many
        and all(
            isinstance(parts, list) and len(parts) == 2 and all(type(each) is int for each in parts) for parts in kept
        )
    )
