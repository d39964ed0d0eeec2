"""The parts of a screen by their paths: what is told of a tree becomes parts, and nothing is made twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import figures
from app.widgets.generated.builders import BUILDERS
from app.widgets.generated.container import Container
from app.widgets.generated.containers import Repeat
from app.widgets.generated.dialogs import Dialog
from app.widgets.generated.inputs import Input
from app.widgets.generated.part import LIMITS
from app.widgets.generated.placeholder import Cut, Notice, Placeholder
from app.widgets.generated.templated import INNER, Place, Templated, node_of
from engine.interface.growth import (
    NodeClosed,
    NodeDropped,
    NodeOpened,
    NodeReopened,
    PropClosed,
    PropDropped,
    PropGrown,
)
from engine.interface.nodes import is_tab
from engine.interface.reading import CUT, Problem
from engine.interface.templates import CHILDREN, TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.widgets.generated.dialogs import Layer
    from app.widgets.generated.part import Host, Part
    from engine.interface.catalogue import Catalogue, Component
    from engine.interface.growth import Event


_LAST = 1_000_000


class PartTree:
    """Makes, changes and drops parts as events tell; `stage` holds the outermost, `layer` the dialogs."""

    def __init__(self, host: Host, catalogue: Catalogue, stage: Container, layer: Layer) -> None:
        self._host = host
        self._catalogue = catalogue
        self._stage = stage
        self._layer = layer
        self._notices: dict[Part, Notice] = {}
        self._templated: dict[str, Templated] = {}
        self.parts: dict[str, list[Part]] = {}
        self.count = 0
        self.created = 0
        self.is_cut = False
        self.fresh: list[Part] = []
        """Parts that were made and not shown yet."""
        self.stale: dict[Part, None] = {}
        """Parts that are to be shown anew."""

    # What is told

    def take(self, event: Event) -> None:
        """Do what an event tells."""
        match event:
            case NodeOpened(path, kind):
                self._open(path, kind)
            case PropGrown(path, name, value):
                self._hear(path, name, value, whole=False)
            case PropClosed(path, name, value):
                self._hear(path, name, value, whole=True)
            case PropDropped(path, name):
                for part in self.parts.get(path, ()):
                    part.forget(name)
                    self.stale[part] = None
            case NodeClosed(path):
                for part in self.parts.get(path, ()):
                    part.end()
                    self.stale[part] = None
            case NodeReopened(path):
                for part in self.parts.get(path, ()):
                    part.reopen()
                    self.stale[part] = None
            case NodeDropped(path):
                for part in list(self.parts.get(path, ())):
                    self.drop(part)

    def _hear(self, path: str, name: str, value: Any, *, whole: bool) -> None:
        for part in self.parts.get(path, ()):
            part.hear(name, value, whole=whole)
            self.stale[part] = None

    def _open(self, path: str, kind: str) -> None:
        if not path:
            self._make(path, kind, None, 0, ())
            return
        if path in self._templated:
            self._make(path, kind, self._templated[path], 0, ())
            return
        above, slot, index = path.rsplit("/", 2)
        step = (slot, int(index) if index.isdecimal() else 0)
        for holder in list(self.parts.get(above, ())):
            for copy in range(holder.copies if isinstance(holder, Repeat) else 1):
                self._make(path, kind, holder, copy, step)

    # Parts

    def _make(self, path: str, kind: str, holder: Part | None, copy: int, step: tuple[Any, ...]) -> Part | None:
        if holder is not None and self._is_too_much(holder):
            return None
        fits = kind != ("root" if path else "tab") and (kind == "tab") == is_tab(path)
        component = self._catalogue.component(kind) if fits else None
        builder = self._builder(path, kind, component)
        container = _container_of(holder) or self._stage
        place = self._layer.sheet if builder is Dialog else container.room()
        part = builder(self._host, place, path, kind, component)
        part.holder, part.copy, part.step = holder, copy, step
        part.order = (copy, *step) if holder is container or holder is None else (*holder.order, copy, *step)
        if holder is not None:
            part.level = holder.level + 1
            part.row = holder.row_of(copy) if isinstance(holder, Repeat) else holder.row
            at = len(holder.nodes)
            while at and (holder.nodes[at - 1].copy, *holder.nodes[at - 1].step) > (copy, *step):
                at -= 1
            holder.nodes.insert(at, part)
        if not isinstance(part, Dialog):
            container.take(part)
        self.parts.setdefault(path, []).append(part)
        self.count += 1
        self.created += 1
        self.fresh.append(part)
        self.stale[part] = None
        if isinstance(part, Templated):
            # Its children, which may come next, stand in what the template makes.
            self._templated[part.inner.at] = part
            self.show(part)
        elif isinstance(part, Place):
            outer, _, inner = path.rpartition(INNER)
            self._templated[f"{outer}{INNER}{inner.partition('/')[0]}"].place = part
        return part

    @staticmethod
    def _builder(path: str, kind: str, component: Component | None) -> type[Part]:
        if component is None:
            is_place = kind == CHILDREN and node_of(path) != path
            return Place if is_place else Cut if kind == CUT else Placeholder
        return Templated if TEMPLATE in component.schema else BUILDERS.get(kind, Placeholder)

    def _is_too_much(self, holder: Part) -> bool:
        if self.count >= LIMITS.nodes:
            if not self.is_cut:
                self._cut(
                    holder, f"Cut here: a screen shows {figures.number(LIMITS.nodes)} parts at most. The rest is kept."
                )
            self.is_cut = True
            return True
        if holder.level + 1 >= LIMITS.depth:
            self._cut(holder, f"Cut here: parts within parts are shown {LIMITS.depth} deep. The rest is kept.")
            return True
        return False

    def _cut(self, part: Part, sentence: str) -> None:
        """Say in its place that something is not shown."""
        notice = self._notices.get(part)
        if notice is None:
            container, order = _container_of(part), (_LAST,)
            if container is not part:
                order = (*part.order, _LAST)
            container = container or self._stage
            notice = Notice(self._host, container.room(), part.path, "cut", None)
            notice.order = order
            container.take(notice)
            self._notices[part] = notice
            self.fresh.append(notice)
        notice.say(sentence)

    def _restore(self, part: Part) -> None:
        """Take back that something of a part is not shown."""
        notice = self._notices.pop(part, None)
        if notice is not None:
            if notice.above is not None:
                notice.above.lose(notice)
            if notice in self.fresh:
                self.fresh.remove(notice)
            _discard(notice)

    def show(self, part: Part) -> None:
        """Show a part as its props are now, and whether something of them is left out."""
        part.show_now()
        if part.cuts:
            self._cut(part, next(iter(part.cuts.values())))
        elif part.is_cut:
            self._restore(part)
        part.is_cut = bool(part.cuts)

    def drop(self, part: Part) -> None:
        """Take a part and all below it off the screen."""
        gone = list(_with_all_below(part))
        for each in gone:
            same = self.parts.get(each.path)
            if same is not None and each in same:
                same.remove(each)
                if not same:
                    del self.parts[each.path]
            self.count -= 1
            self.stale.pop(each, None)
            each.let_go()
            self._restore(each)
        for each in gone:
            if isinstance(each, Templated):
                del self._templated[each.inner.at]
            if isinstance(each, Input):
                self._host.redefine()
            if isinstance(each, Dialog):
                self._layer.lost(each)
            if each is part or each.above is not each.holder:
                if each.above is not None:
                    each.above.lose(each)
                _discard(each)
        if part.holder is not None:
            part.holder.nodes.remove(part)
        if self.fresh:
            dropped = set(gone)
            self.fresh = [each for each in self.fresh if each not in dropped]

    def multiply(self, repeat: Repeat, rows: Sequence[Mapping[str, str]]) -> None:
        """Have the children of a part once for each row; one copy stays where there are no rows."""
        repeat.rows = [{**(repeat.row or {}), **row} for row in rows]
        wanted = max(1, len(rows))
        for part in list(repeat.nodes):
            if part.copy >= wanted:
                self.drop(part)
            else:
                self._give_row(part, repeat.row_of(part.copy))
        first = [part for part in repeat.nodes if part.copy == 0]
        before, repeat.copies = repeat.copies, wanted
        for copy in range(before, wanted):
            for part in first:
                self._copy(part, repeat, copy)

    def _give_row(self, part: Part, row: Mapping[str, str] | None) -> None:
        if part.row == row:
            return
        part.row = row
        self.stale[part] = None
        for each in part.nodes:
            if not isinstance(part, Repeat):
                self._give_row(each, row)

    def _copy(self, part: Part, holder: Part, copy: int) -> None:
        made = self._make(part.path, part.kind, holder, copy, part.step)
        if made is None:
            return
        made.take_over(part)
        for each in part.nodes:
            if each.copy == 0 and node_of(each.path) == each.path:
                self._copy(each, made, 0)

    # What there is

    def every(self) -> Iterator[Part]:
        """Yield all parts in the order of the tree."""
        for part in self.parts.get("", ()):
            yield from _with_all_below(part)

    def problems(self) -> list[Problem]:
        """Return what is wrong, in the order of the tree."""
        found: dict[tuple[str, str | None], Problem] = {}
        for part in self.every():
            if node_of(part.path) != part.path:
                continue
            if isinstance(part, Placeholder):
                kind, sentence = part.problem()
                found[part.path, None] = Problem(part.path, kind, sentence)
            for name, sentence in part.complaints():
                place = (part.path, name)
                found.setdefault(place, Problem(part.path, part.kind_of_problem(name), sentence, name))
            notice = self._notices.get(part)
            if notice is not None and not part.cuts:
                found[part.path, ""] = Problem(part.path, "cut", notice.words.said)
        return list(found.values())

    def outline(self, part: Part) -> tuple[Any, ...]:
        """Return what a part shows, and what stands in it."""
        inside = tuple(self.outline(each) for each in part.nodes if not (isinstance(part, Repeat) and part.empty))
        notice = self._notices.get(part)
        if notice is not None:
            inside += (("cut", notice.spoken(), ()),)
        return part.kind, part.spoken(), inside


def _with_all_below(part: Part) -> Iterator[Part]:
    waiting = [part]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed(each.nodes))


def _container_of(part: Part | None) -> Container | None:
    """Return the part itself where it has room for others, else what it stands in."""
    if isinstance(part, Templated):
        return part.place or part
    return part if part is None or isinstance(part, Container) else part.above


def _discard(part: Part) -> None:
    part.hide()
    part.deleteLater()
