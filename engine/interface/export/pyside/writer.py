"""What the writers of an exported screen's parts share: its methods and constants, names, and what follows values."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.interface.export.pyside.code import Call, Method, Names, Raw, laid_out
from engine.interface.export.pyside.support import known_names
from engine.interface.state import State, interpolate, names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine.interface.export.outline import Outline

_DEPTH = 2
_MOST_WORDS = 4


class Writer:
    """Writes the methods of one screen.

    `dialogs`, `sections` and `tabs` map what actions call them onto attributes of the screen; a tab is the attribute of
    its tabs and its place in them. `constants` are the data, by name. `opened` is what makes each dialog. `form` is
    the name of the form that is being written.
    """

    def __init__(
        self,
        found: Outline,
        glyphs: Mapping[str, str],
        parts: Mapping[str, Callable[[Writer, Method, dict[str, Any]], Any]],
    ) -> None:
        self.found = found
        self.glyphs = glyphs
        self.form: str | None = None
        self.methods: list[Method] = []
        self.constants: dict[str, str] = {}
        self.opened: dict[str, str] = {}
        self.used_glyphs: set[str] = set()
        self.nothing = State()
        self._parts = parts
        self._names = Names(name.lower() for name in known_names() if name.islower() or name.isupper())
        self._attributes = Names(("conditions", "fields", "scroll", "values"))
        self._sources: dict[str, str] = {}
        self._tables: dict[int, tuple[str, str]] = {}
        led = {str(action.get("target") or "") for action in found.actions if action.get("kind") == "go"}
        self.dialogs = {
            name: self._attributes.new(name, "dialog", behind="_dialog")
            for name in dict.fromkeys(str(dialog.get("name")) for dialog in found.dialogs)
            if name in led
        }
        self.sections = {
            title: self._attributes.new(title, "part", behind="_section")
            for title in dict.fromkeys(str(section.get("title")) for section in found.sections)
            if title in led - self.dialogs.keys()
        }
        self.tabs: dict[str, tuple[str, int]] = {}
        for group in found.groups:
            labels = [str(entry.get("label")) for entry in group]
            if led & set(labels):
                name = self._attributes.new("tabs", "tabs")
                self.tabs |= {label: (name, place) for place, label in enumerate(labels) if label not in self.tabs}

    def part(self, method: Method, node: Any) -> Any:
        """Return a part as an expression, or None where it makes none; its statements go into the method."""
        if not isinstance(node, dict):
            return None
        return self._parts.get(str(node.get("type")), self._parts[""])(self, method, node)

    def parts(self, method: Method, nodes: Any) -> tuple[Any, ...]:
        """Return parts as expressions."""
        made = [self.part(method, node) for node in nodes] if isinstance(nodes, list) else []
        return tuple(part for part in made if part is not None)

    def method(self, wish: str, kind: str, about: str, *, row: bool = False) -> Method:
        """Begin a method that returns a part; it stands in the source before those that are begun later."""
        made = Method(self._names.new(wish, kind, before="make_", behind=f"_{kind}"), about, row=row)
        self.methods.append(made)
        return made

    def calling(self, wish: str, about: str, call: Call) -> str:
        """Return the name of a new method that only calls something."""
        made = Method(self._names.new(wish, "send", before="send_"), about, [self.laid(call)])
        self.methods.append(made)
        return made.name

    def called(self, method: Method) -> Raw:
        """Return the call of a method."""
        return Raw(f"self.{method.name}({'row' if method.row else ''})")

    def variable(self, wish: str, otherwise: str) -> str:
        """Return the name of a new variable."""
        return self._names.new(wish, otherwise or "part")

    def laid(self, value: Any) -> str:
        """Return an expression in a statement."""
        return laid_out(value, _DEPTH)

    def static(self, text: Any) -> str:
        """Return a text without values: what stands in braces stays, doubled braces become single ones."""
        return interpolate(str(text or ""), self.nothing)

    def is_live(self, text: str, *, row: bool) -> bool:
        """Tell whether a text follows values, or may have some of a row."""
        return any(row or self.found.state.knows(name) for name in names_in(text))

    def saying(self, method: Method, text: Any, kind: str, show: str, *behind: str) -> Any:
        """Return a part of one text, set up to follow the values in it if there are any."""
        said = str(text or "")
        if not self.is_live(said, row=method.row):
            return Call(kind, (self.static(said), *behind))
        name = self.variable(_words(said), kind.lower())
        method.add(f"{name} = {self.laid(Call(kind, ('', *behind)))}")
        self.follow(method, name, show, said)
        return Raw(name)

    def following(self, method: Method, made: Any, kind: str, shows: Mapping[str, str]) -> Any:
        """Return a part, as a variable if some of its texts follow values; `shows` are these by what shows them."""
        live = {show: text for show, text in shows.items() if self.is_live(text, row=method.row)}
        if not live:
            return made
        name = self.variable(kind, kind)
        method.add(f"{name} = {self.laid(made)}")
        for show, text in live.items():
            self.follow(method, name, show, text)
        return Raw(name)

    def follow(self, method: Method, name: str, show: str, text: str) -> None:
        """Have a variable show a text that follows values; nothing where it follows none."""
        if self.is_live(text, row=method.row):
            row = [Raw("row")] if method.row else []
            method.add(self.laid(Call("self.say", (Raw(f"{name}.{show}"), text, *row))))

    def source(self, name: str) -> str:
        """Return the constant that has the rows of a source."""
        if name not in self._sources:
            self._sources[name] = self._constant(name, "rows", self.found.rows(name))
        return self._sources[name]

    def table(self, node: dict[str, Any]) -> tuple[str, str]:
        """Return the constants of a table: its columns with what they hold, and its rows."""
        if id(node) not in self._tables:
            labels, rows = self.found.table_of(node)
            columns = [column for column in node.get("columns") or [] if isinstance(column, dict)]
            kinds = [str(column.get("kind") or "text") for column in columns]
            whole = [(row + [""] * len(labels))[: len(labels)] for row in rows]
            wish = labels[0] if labels else "table"
            self._tables[id(node)] = (
                self._constant(f"{wish}_columns", "columns", list(zip(labels, kinds, strict=True))),
                self._constant(f"{wish}_rows", "rows", whole),
            )
        return self._tables[id(node)]

    def first_words(self, node: Any) -> str:
        """Return the first words in a part, to name it by."""
        waiting = [node]
        for _ in range(20):
            if not waiting:
                break
            found = waiting.pop()
            if not isinstance(found, dict):
                continue
            for key in ("title", "label", "text"):
                if isinstance(found.get(key), str) and found[key].strip() and names_in(found[key]) == set():
                    return _words(found[key])
            waiting.extend(reversed(found.get("children") or []))
        return ""

    @contextmanager
    def within(self, form: str) -> Iterator[None]:
        """Write what follows in a form."""
        before, self.form = self.form, form
        try:
            yield
        finally:
            self.form = before

    def _constant(self, wish: str, otherwise: str, value: Any) -> str:
        name = self._names.new(wish, otherwise).upper()
        self.constants[name] = laid_out(value, 0, len(name) + 3)
        return name


def _words(text: str) -> str:
    return " ".join(text.split()[:_MOST_WORDS])
