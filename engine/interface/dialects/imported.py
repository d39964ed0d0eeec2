"""What every dialect gives: a tree of ours, notes on how it was read, and the data that came with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.interface.sources import Source

Kind = Literal["lost", "changed", "design"]
Tree = dict[str, Any]

MOST_PARTS: Final = 2000
DEEPEST: Final = 36
_MOST_NOTES: Final = 200
_LONGEST_NAME: Final = 40
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")


class NotImported(EngineError):
    """A file that is no screen in any of the formats that are read. `where` is a JSON Pointer or a line."""


@dataclass(frozen=True)
class Note:
    """What is to be said about one place of the source.

    `pointer` is its JSON Pointer (RFC 6901) there. `kind` says what became of it: "lost", something of it is missing
    or does not act; "changed", it is there in another form; "design", it is left out on purpose, as anything that
    would be fetched or run is.
    """

    pointer: str
    sentence: str
    kind: Kind = "lost"


@dataclass(frozen=True)
class Imported:
    """A screen that came from elsewhere, as a tree of our components.

    `sources` is the data that `repeat`s of it go through. `dialect` names the format: "tree", "a2ui", "openai_ui" or
    "generative_ui".
    """

    tree: Tree
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()
    dialect: str = "tree"

    @property
    def whole(self) -> bool:
        """Whether nothing was lost."""
        return all(note.kind != "lost" for note in self.notes)


@dataclass
class Running:
    """An import under way: its notes, the names it gave away, its data, and how much it may still make."""

    notes: list[Note] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)
    parts: int = 0
    _cut: bool = False

    def note(self, pointer: str, sentence: str, kind: Kind = "lost") -> None:
        """Say something about a place, once."""
        note = Note(pointer, sentence, kind)
        if len(self.notes) < _MOST_NOTES and note not in self.notes:
            self.notes.append(note)

    def may_make(self, pointer: str, depth: int) -> bool:
        """Tell whether another part may be made at this depth; says so once where the limits are reached."""
        if depth > DEEPEST:
            self.note(pointer, f"Cut here: parts are nested more than {DEEPEST} deep.")
            return False
        if self.parts >= MOST_PARTS:
            if not self._cut:
                self.note(pointer, f"Cut here: there are more than {MOST_PARTS} parts.")
            self._cut = True
            return False
        self.parts += 1
        return True

    def name(self, *wishes: str) -> str:
        """Return a free name for a value, the first of the wishes that is not taken; it is taken from now on."""
        spelled = [spell(wish) for wish in wishes if wish]
        base = spelled[0] if spelled else "value"
        number = 1
        candidates = iter(spelled)
        name = next(candidates, base)
        while name in self.names:
            name = next(candidates, "")
            if not name:
                number += 1
                name = f"{base[: _LONGEST_NAME - 5]}_{number}"
        self.names.add(name)
        return name


def words(text: str) -> list[str]:
    """Return the words of a name: `trackArt`, `track_art` and `track-art` alike."""
    return [word for word in _NO_WORD.split(_HUMP.sub(" ", text[:200])) if word]


def spell(text: str) -> str:
    """Return a text as the name of a value: `^[a-z][a-z0-9_]{0,39}$`."""
    name = "_".join(words(text)).lower()
    if not name or not name[0].isalpha():
        name = f"value_{name}".rstrip("_")
    return name[:_LONGEST_NAME].rstrip("_")


def in_words(text: str) -> str:
    """Return a name as a person writes it: `albumArt` gives `Album art`."""
    sentence = " ".join(word if word.isupper() else word.lower() for word in words(text))
    return sentence[:1].upper() + sentence[1:]


def plain(text: str) -> str:
    """Return a text that shows as it stands: its braces are no places for values."""
    return text.replace("{", "{{").replace("}", "}}")


def clip(text: str, most: int) -> str:
    """Return a text of at most `most` characters, its end marked where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def text(style: str, words_of_it: str) -> Tree:
    """Return a text as a part."""
    return {"type": "text", "style": style, "text": words_of_it}


def column(children: Iterable[Tree]) -> list[Tree]:
    """Return parts as one column, or the one part that they are."""
    listed = list(children)
    return listed if len(listed) <= 1 else [{"type": "column", "children": listed}]


def action(kind: str, target: str | None = None, value: str | float | bool | None = None) -> dict[str, Any]:
    """Return what a button does."""
    return {"kind": kind, "target": target, "value": value}
