"""What happens on a screen when something is pressed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from app.widgets.generated.containers import Section
from app.widgets.generated.data import Table
from app.widgets.generated.dialogs import Dialog
from app.widgets.generated.forms import Form
from app.widgets.generated.tabs import Tab, Tabs
from engine.interface.acting import Copy, Export, Go, OpenUrl, Refused, Send, Surroundings, perform
from engine.spreadsheet import as_csv

if TYPE_CHECKING:
    from app.widgets.generated.part import Part
    from app.widgets.generated.screen import Screen


def press(screen: Screen, part: Part, action: Any) -> None:
    """Do what an action says; a form is examined first where it is to be sent."""
    if not isinstance(action, dict):
        return
    form = form_of(part)
    if action.get("kind") == "enter":
        if form is not None and form.send.shown and form.send.button.isEnabled():
            form.send.press()
        return
    forms = {each.string("name"): each for each in screen.parts_of(Form) if each.string("name")}
    target = action.get("target")
    if action.get("kind") == "submit":
        meant = forms.get(target, form) if isinstance(target, str) else form
        wrong = meant.examine() if meant is not None else None
        if wrong is not None:
            screen.reveal(wrong)
            first = next(iter(wrong.focusable()), None)
            if first is not None:
                first.setFocus()
            return
    # A form without a name has values of its own as well.
    names = {name: each.names() for name, each in forms.items()}
    here = None
    if form is not None:
        here = form.string("name") or " "
        names.setdefault(here, form.names())
    outcome = perform(action, screen.state, Surroundings(names, here, part.row))
    match outcome:
        case Send(kind, name, values, text):
            screen.sent.emit(Send(kind, name.strip(), values, text))
        case Go(where):
            if not go(screen, where):
                screen.bar.tell(f"There is no dialog, tab or section “{where[:80]}” here.")
        case Copy(text):
            QGuiApplication.clipboard().setText(text)
            screen.bar.tell("Copied.")
        case OpenUrl(url):
            screen.ask_address(url)
        case Export(name, kind):
            export(screen, name, kind)
        case Refused(sentence):
            screen.bar.tell(sentence)
    if action.get("kind") == "reset":
        for each in forms.values() if here is None else [form]:
            if each is not None:
                each.begin_anew()


def form_of(part: Part | None) -> Form | None:
    """Return the form that a part stands in, or is."""
    while part is not None and not isinstance(part, Form):
        part = part.holder
    return part


def go(screen: Screen, where: str) -> bool:
    """Show a dialog, a tab or a section; tell whether there is one."""
    wanted = where.strip().casefold()
    for dialog in screen.parts_of(Dialog):
        if wanted in {dialog.string("name").casefold(), dialog.title.said.strip().casefold()}:
            screen.open_dialog(dialog)
            return True
    for tab in screen.parts_of(Tab):
        if isinstance(tab.above, Tabs) and wanted == tab.above.label_of(tab).strip().casefold():
            screen.reveal(tab)
            return True
    for section in screen.parts_of(Section):
        if wanted == section.head.text().replace("&&", "&").strip("\u2009 ").casefold():
            section.unfold()
            screen.reveal(section)
            return True
    return False


def export(screen: Screen, name: str, kind: str) -> None:
    """Hand out the rows of a table or the values of a form as text."""
    form = next((each for each in screen.parts_of(Form) if each.string("name") == name and name), None)
    state = screen.state
    values = {each: state.told(each) for each in (form.names() if form is not None else state.values)}
    if form is None:
        tables = screen.parts_of(Table)
        wanted = name.strip().casefold()
        named = next((each for each in tables if wanted in _called(each)), tables[0] if tables else None)
        if named is not None:
            table = named.as_rows()
            if kind == "json":
                records = [dict(zip(table[0], row, strict=False)) for row in table[1:]]
                screen.export_asked.emit(f"{name or 'table'}.json", json.dumps(records, ensure_ascii=False, indent=2))
            else:
                screen.export_asked.emit(f"{name or 'table'}.csv", as_csv(table))
            return
    if kind == "csv":
        cells = [", ".join(map(str, each)) if isinstance(each, list) else each for each in values.values()]
        screen.export_asked.emit(f"{name or 'values'}.csv", as_csv([list(values), cells]))
    else:
        screen.export_asked.emit(f"{name or 'values'}.json", json.dumps(values, ensure_ascii=False, indent=2))


def _called(table: Table) -> set[str]:
    """Return what a table may be called: its source, the title of what it stands in, the text before it."""
    names = {table.string("source")}
    part: Part | None = table
    while part is not None:
        names |= {part.string("title"), part.string("label")}
        before = part.holder.nodes[: part.holder.nodes.index(part)][-1:] if part.holder is not None else []
        names |= {each.string("text") for each in before if each.kind == "text"}
        part = part.holder
    return {name.strip().casefold() for name in names if name}
