"""The word that is being written at a place of a schema's text, and where it stands.

It is taken for a whole key or value and parsed with the rest, which tells what it belongs to: the parser is quick with
an edit of one word, and knows what is open around it, broken as the text is while somebody writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing.edits import Edit
from engine.schema.editing.syntax import Kind
from engine.schema.roles import Place, place_of

if TYPE_CHECKING:
    from engine.schema.drafts import Draft
    from engine.schema.editing.syntax import Member, Node, Syntax

_BLANKS = " \t\r\n"
_LINE = 10_000
"""Characters of a line that are read to tell what is being written; of longer ones the tree tells."""
_WORD = re.compile(r'"(?:[^"\\]|\\.)*(?P<closed>")?|[^\s"{}\[\],:]+')
_REST_OF_STRING = re.compile(r'(?:[^"\\\n]|\\.)*"(?=\s*(?:[:,}\]]|$))|[\w$#/.~%+-]*')
_REST_OF_WORD = re.compile(r'[^\s"{}\[\],:]*')


@dataclass(frozen=True)
class Word:
    """What is being written: its span, the letters in it before the caret, and what stands around it.

    `behind` is the place behind what stands before; `before` and `after` are the signs there, empty for none.
    """

    start: int
    end: int
    typed: str
    behind: int
    before: str
    after: str

    @property
    def comma_before(self) -> bool:
        """Whether a comma is missing before it."""
        return self.before not in {"", "{", "[", ":", ","}

    @property
    def comma_after(self) -> bool:
        """Whether a comma is missing behind it."""
        return self.after not in {"", "}", "]", ":", ","}


@dataclass(frozen=True)
class Context:
    """Where a word stands: as a key or a value, of what, and what the object or array around it is for."""

    is_key: bool
    holder: Node | None
    place: Place
    member: Member | None
    """The member whose value it is."""
    root: Node | None


def word_at(syntax: Syntax, place: int) -> Word | None:
    """Return what is being written at a place, which may be nothing yet; None right behind a whole string."""
    text = syntax.text
    line = text.rfind("\n", max(0, place - _LINE), place) + 1
    start = end = place
    if line or place <= _LINE:
        for found in _WORD.finditer(text, line, place):
            if found.end() == place and found["closed"]:
                return None
            if found.end() == place:
                start = found.start()
    else:
        around = syntax.string_at(place)
        start = around[0] if around else place
    typed = text[start:place]
    if typed:
        rest = (_REST_OF_STRING if typed.startswith('"') else _REST_OF_WORD).match(text, place)
        assert rest is not None, "the pattern matches nothing too"
        end = rest.end()
    behind, ahead = start, end
    while behind and text[behind - 1] in _BLANKS:
        behind -= 1
    while ahead < len(text) and text[ahead] in _BLANKS:
        ahead += 1
    before, after = text[max(behind - 1, 0) : behind], text[ahead : ahead + 1]
    return Word(start, end, typed.removeprefix('"'), behind, before, after)


def context_of(syntax: Syntax, word: Word, draft: Draft) -> Context | None:
    """Return where a word stands: the first reading of it that leaves the text whole, or else whole around it."""
    broken: Context | None = None
    for is_key in _readings(syntax, word):
        probe = ("," if word.comma_before else "") + ('""' if is_key else "null")
        if is_key and word.after != ":":
            probe += ":null"
        mended = syntax.edited((Edit(word.start, word.end, probe + ("," if word.comma_after else "")),))
        context = _reading(mended, word.start + word.comma_before, draft, is_key=is_key)
        if context is not None and mended.sound:
            return context
        broken = broken or context
    return broken


def _readings(syntax: Syntax, word: Word) -> list[bool]:
    """Return whether a word may be a key, likelier first."""
    if word.before == "{" or word.after == ":":
        return [True]
    if word.before in {":", "["} or not word.before:
        return [False]
    around = syntax.holder_at(word.start)
    return [False, True] if around is not None and around.kind is Kind.ARRAY else [True, False]


def _reading(syntax: Syntax, at: int, draft: Draft, *, is_key: bool) -> Context | None:
    path = syntax.path_at(at)
    if not path:
        at_root = syntax.root is not None and syntax.root.start == at and not is_key
        return Context(False, None, place_of(None, [], draft), None, syntax.root) if at_root else None
    step, value = path[-1]
    if is_key:
        if isinstance(step, int) or step.start != at:
            return None
    elif value.start != at:
        return None
    holder = path[-2][1] if len(path) > 1 else syntax.root
    inside = path[:-1] if is_key else path
    member = step if not is_key and not isinstance(step, int) else None
    return Context(is_key, holder, place_of(syntax.root, inside, draft), member, syntax.root)
