"""What the text offers on a right click: everything that its keys do, and what has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.pages.schemas.text.view import SchemaTextView


def text_menu(view: SchemaTextView) -> QMenu:
    """Return a menu of what can be done to a text now."""
    menu = QMenu(view)
    can_edit, selected = view.schema is not None, view.textCursor().hasSelection()
    undo = view.schema.undo_label if view.schema is not None else None
    redo = view.schema.redo_label if view.schema is not None else None
    entries: tuple[tuple[str, str, Callable[[], object], bool] | None, ...] = (
        (f"Undo {undo}" if undo else "Undo", "Ctrl+Z", view.undo, undo is not None),
        (f"Redo {redo}" if redo else "Redo", "Ctrl+Shift+Z", view.redo, redo is not None),
        None,
        ("Cut", "Ctrl+X", view.cut, can_edit and selected),
        ("Copy", "Ctrl+C", view.copy, selected),
        ("Paste", "Ctrl+V", view.paste, can_edit and view.canPaste()),
        ("Select all", "Ctrl+A", view.selectAll, can_edit),
        None,
        ("Find…", "Ctrl+F", view.search, can_edit),
        ("Replace…", "Ctrl+H", view.search_and_replace, can_edit),
        ("Suggest", "Ctrl+Space", view.suggest, can_edit),
        ("Format document", "Shift+Alt+F", view.format_document, can_edit),
        ("Copy JSON Pointer", "", view.copy_pointer, can_edit),
        None,
        ("Fold", "Ctrl+Shift+[", view.fold, can_edit),
        ("Unfold", "Ctrl+Shift+]", view.unfold, can_edit),
        ("Fold all", "Ctrl+Shift+-", view.fold_all, can_edit),
        ("Unfold all", "Ctrl+Shift+=", view.unfold_all, can_edit),
    )
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        name, keys, do, able = entry
        action = menu.addAction(f"{name}\t{keys}" if keys else name)
        action.triggered.connect(lambda _checked=False, do=do: do())
        action.setEnabled(able)
    return menu
