"""An answer that is an interface: what it was asked for, the tree that it changes, and the tree it makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from app.exchange import Answer
from engine.errors import EngineError
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.store import Answer as KeptAnswer
    from engine.store import Node

TurnKind = Literal["sentence", "submit", "redo", "import"]
"""What led to an answer: a sentence, what a form sent, a sentence on one part, or a file."""
Form = Literal["tree", "patch", "part"]
"""What an answer writes: a whole tree, changes of the one before, or one part of it."""

KINDS: Final[tuple[TurnKind, ...]] = ("sentence", "submit", "redo", "import")
_ASKED: Final = "interface"
_DEEPEST: Final = 200
"""Levels of lists and objects in a tree that was kept; the deepest that renders has fewer."""


@dataclass
class InterfaceAnswer(Answer):
    """One answer of an interface. `at` is the pointer of the part that it writes anew; `base` the tree it changes.

    `notes` are what an import could not take over, each with its pointer. The store keeps the tree with the answer:
    once a person has changed it by hand, it is no longer what the text says.
    """

    kind: TurnKind = "sentence"
    at: str = ""
    base: Any = None
    notes: tuple[tuple[str, str], ...] = ()
    kept_tree: Any = None
    form_told: bool = True
    traced: bool = False

    @property
    def form(self) -> Form:
        """What it writes; a patch is known for one by its beginning."""
        if self.kind == "redo":
            return "part"
        return "patch" if self.base is not None and '"patch"' in self.text[:24] else "tree"

    @property
    def tree(self) -> Any:
        """The tree as it stands after this answer, as far as it has been written; None before there is one."""
        return self.kept_tree if self.kept_tree is not None else tree_of(self.text, self.form, self.at, self.base)

    def request(self) -> dict[str, Any]:
        """Return what decided the answer, as the store keeps it."""
        return super().request() | {_ASKED: {"kind": self.kind, "at": self.at}}

    def kept(self) -> KeptAnswer:
        """Return what the store keeps of the answer, its tree among the details."""
        kept, tree = super().kept(), self.tree
        details = kept.details | ({"tree": tree} if tree is not None else {})
        return replace(kept, details=details | ({"notes": [list(note) for note in self.notes]} if self.notes else {}))

    @classmethod
    def restore(cls, thread: int, node: Node, text: str, kept: KeptAnswer | None, prompt: str) -> InterfaceAnswer:
        """Bring back an answer of the store; what is not of the form that it is kept in is left out."""
        answer = super().restore(thread, node, text, kept, prompt)
        assert isinstance(answer, InterfaceAnswer), "the base makes one of the class it is asked of"
        if kept is not None:
            answer.kind, answer.at = asked_for(kept.request)
            tree = kept.details.get("tree")
            answer.kept_tree = tree if is_tree(tree) else None
            answer.notes = _notes(kept.details.get("notes"))
        return answer


def asked_for(request: Mapping[str, Any]) -> tuple[TurnKind, str]:
    """Return what led to an answer, and the pointer of the part it is about, by its kept request."""
    asked = request.get(_ASKED)
    if not isinstance(asked, dict):
        return "sentence", ""
    kind, at = asked.get("kind"), asked.get("at")
    return (kind if kind in KINDS else "sentence"), (at if isinstance(at, str) else "")


def tree_of(text: str, form: Form, at: str, base: Any) -> Any:
    """Return the tree that an answer makes of `base`, as far as its text goes; `base` where it makes nothing yet."""
    written = closed(text)
    if not isinstance(written, dict):
        return base
    if form == "patch":
        return _patched(base, written.get("changes"))
    if not isinstance(written.get("type"), str):
        return base
    if form == "part":
        from engine.interface.editing import replace as replaced

        try:
            return replaced(base, at, written)
        except EngineError:
            return base  # the part is gone, or was never there: what an imported thread asked for may be anything
    return written


def closed(text: str) -> Any:
    """Return what a text that may be cut anywhere says so far; nodes whose type is not known yet are left out."""
    from pydantic_core import from_json

    try:
        written = from_json(text, allow_partial="trailing-strings")
        sure = from_json(text, allow_partial="on")
    except (ValueError, RecursionError):
        return None
    return _known(written, sure)


def is_tree(value: Any) -> bool:
    """Tell whether a value can be taken for a tree: a node, and nested no deeper than can be walked through."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _known(written: Any, sure: Any) -> Any:
    """Return a partial value without the nodes at its end whose type is still being written.

    `sure` is the same without the string at its end. Only the last of the nested values can be unfinished.
    """
    if isinstance(written, dict) and isinstance(sure, dict) and written:
        last = next(reversed(written))
        if last == "type" and "type" not in sure:
            return {key: value for key, value in written.items() if key != "type"}
        return {**written, last: _known(written[last], sure.get(last))}
    if isinstance(written, list) and isinstance(sure, list) and written:
        end = _known(written[-1], sure[-1] if len(sure) == len(written) else None)
        return written[:-1] if end == {} else [*written[:-1], end]
    return written


def _patched(base: Any, changes: Any) -> Any:
    """Return a tree with those of the changes that can be made; one that is still being written is left out."""
    from engine.interface.editing import patched

    whole = [change for change in changes if _is_whole(change)] if isinstance(changes, list) else []
    return patched(base, whole).tree


def _is_whole(change: Any) -> bool:
    """Tell whether a change says what is to be done, and with what."""
    if not isinstance(change, dict) or not isinstance(change.get("at"), str):
        return False
    node = change.get("node")
    return change.get("op") == "remove" or (isinstance(node, dict) and isinstance(node.get("type"), str))


def _notes(kept: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(kept, list):
        return ()
    return tuple(
        (note[0], note[1])
        for note in kept
        if isinstance(note, list) and len(note) == 2 and all(isinstance(part, str) for part in note)
    )


def sent_text(name: str, values: Mapping[str, Any], asked: str = "") -> str:
    """Return what a form or button sends, as the thread keeps it and the model is told it."""
    sent = {"action": name, "values": dict(values)} | ({"ask": asked} if asked else {})
    return json.dumps(sent, ensure_ascii=False)


def is_sent(text: str) -> bool:
    """Tell whether a message is what a form or button sent."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(sent, dict) and {"action", "values"} <= set(sent) <= {"action", "values", "ask"}


def exists(tree: Any, pointer: str) -> bool:
    """Tell whether there is a node at a pointer."""
    return isinstance(value_at(tree, pointer), dict) if pointer else isinstance(tree, dict)
