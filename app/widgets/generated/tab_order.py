"""The order of Tab: that of the tree, wherever in it something is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.widgets.generated.part import Part


def put_in_order(part: Part, first: QWidget) -> None:
    """Put what takes the focus in a part behind what comes before it in the tree; `first` comes before all."""
    before = _last_below(part) if part.is_late else None
    before = before or _before(part) or first
    for each in part.focusable():
        QWidget.setTabOrder(before, each)
        before = each


def place_in_order(part: Part) -> tuple[int, ...]:
    """Return where a part is met by Tab, to be compared: a late one after all that is in it."""
    steps: list[int] = [len(part.nodes)] if part.is_late else []
    each = part
    while each.holder is not None:
        steps.append(each.holder.nodes.index(each))
        each = each.holder
    return tuple(reversed(steps))


def _before(part: Part) -> QWidget | None:
    """Return what takes the focus last before a part and all below it."""
    holder = part.holder
    if holder is None:
        return None
    for sibling in reversed(holder.nodes[: holder.nodes.index(part)]):
        last = _last(sibling)
        if last is not None:
            return last
    own = () if holder.is_late else holder.focusable()
    return own[-1] if own else _before(holder)


def _last(part: Part) -> QWidget | None:
    """Return what takes the focus last in a part and all below it."""
    own = part.focusable()
    if own and part.is_late:
        return own[-1]
    return _last_below(part) or (own[-1] if own else None)


def _last_below(part: Part) -> QWidget | None:
    for each in reversed(part.nodes):
        last = _last(each)
        if last is not None:
            return last
    return None
