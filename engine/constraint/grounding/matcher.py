"""A mask within which quoted strings can only be text of the document, from its first token to its last.

It reads the answer's bytes beside the mask engine: in which place they are, and within a quote, where in the document
the quote so far stands. What goes on is what both let through, so searches for an end, tokens that are forced, and
going back work as with any other mask.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.constraint.grounding.places import FREE, Places
from engine.constraint.grounding.quotable import BREAK
from engine.constraint.grounding.vocabulary import closing_quote
from engine.constraint.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llguidance import LLTokenizer
    from numpy.typing import NDArray

    from engine.constraint.grounding.places import Place
    from engine.constraint.grounding.quotable import Pairs, QuotableText
    from engine.constraint.grounding.vocabulary import Vocabulary
    from engine.schema.document import SchemaDocument

_BLANKS = b" \t\n\r"
_QUOTE, _BACKSLASH = b'"'[0], b"\\"[0]
_UNBOUNDED = 1 << 40
_MOST_COMPARED, _FURTHEST = 64, 64
"""Places that a quote may still have, and bytes, for which it is looked at what is certain to follow."""


class Grounds:
    """What the strings of an answer can be quotes of: a document's text, and lists of quotes by name."""

    def __init__(
        self, document: SchemaDocument, text: QuotableText, lists: Mapping[str, Iterable[tuple[int, int]]] | None = None
    ) -> None:
        """Take as `lists` spans of the document's text, by the names that `x-grounding` calls them."""
        self.text = text
        self._lists = {name: text.pairs(spans) for name, spans in (lists or {}).items()}
        self.places = Places(document, self._lists)
        self._kinds: dict[int, _Kind] = {}

    def at(self, place: Place) -> _Kind | None:
        """Return what the strings of a place may be; None where they are not quotes."""
        if place.name == FREE:
            return None
        found = self._kinds.get(id(place))
        if found is None:
            found = self._kinds[id(place)] = self._make(place)
        return found

    def spans(self, path: tuple[str | int, ...], value: str) -> tuple[tuple[int, int], ...] | None:
        """Return where in the document's text a value stands, in its order; None where its place is not quoted."""
        place = self.places.root
        for step in path:
            place = place.below(step)
        kind = self.at(place)
        if kind is None:
            return None
        return tuple(sorted({self.text.span(*found) for found in self.text.find(value, kind.pairs)}))

    def invented(self, value: Any, path: tuple[str | int, ...] = ()) -> tuple[str | int, ...] | None:
        """Return the path of a string in an answer that is to be a quote and is none; None where there is none."""
        if isinstance(value, str):
            return path if self.spans(path, value) == () else None
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return next(filter(None, (self.invented(each, (*path, step)) for step, each in below)), None)

    def _make(self, place: Place) -> _Kind:
        pairs = self._lists.get(place.name)
        if pairs is None:
            pairs = place.pairs(self.text)
        if pairs is not None:
            return _Kind(pairs, _UNBOUNDED, pairs.starts)
        text, most = self.text, _UNBOUNDED if place.longest is None else place.longest
        ahead = text.ahead[text.starts + 1]
        within = (ahead >= 0) & (text.characters[ahead] - text.characters[text.starts] <= most)
        return _Kind(None, most, text.starts[within])


@dataclass(slots=True, eq=False)
class _Kind:
    """The quotes of a place: all in `pairs`, or any of the text up to `most` characters; they begin at `starts`."""

    pairs: Pairs | None
    most: int
    starts: NDArray[np.int64]
    beginnings: NDArray[np.intp] | None = None


class _Mode(Enum):
    VALUE = "a value follows"
    FIRST_KEY = "a key or the end of the object follows"
    NEXT_KEY = "a key follows"
    KEY = "within a key"
    COLON = "a colon follows"
    STRING = "within a string that is no quote"
    QUOTE = "within a quote"
    SCALAR = "within a number or a word"
    AFTER = "behind a value"


@dataclass(frozen=True, slots=True)
class _Frame:
    """An open object or array (`index` is -1 in an object), and the place it has."""

    place: Place
    index: int


@dataclass(frozen=True, slots=True)
class _State:
    """Where the answer's bytes are. `place` is that of the value that follows or is being written.

    Within a quote `starts` are the places in the document's text where what was written of it, `written` bytes,
    stands and can be ended.
    """

    mode: _Mode
    place: Place
    stack: tuple[_Frame, ...] = ()
    text: bytes = b""
    escaped: bool = False
    kind: _Kind | None = None
    starts: NDArray[np.int64] | None = None
    written: int = 0


class GroundedMatcher(Matcher):
    """A matcher whose quoted strings stand in the document. Not shared between answers."""

    def __init__(
        self,
        tokenizer: LLTokenizer,
        grammar: str,
        grounds: Grounds,
        vocabulary: Vocabulary,
        beginning: Matcher | None = None,
    ) -> None:
        """Begin an answer; `beginning` is a matcher of the same grammar that has consumed nothing."""
        self._grounds = grounds
        self._vocabulary = vocabulary
        self._states = [_State(_Mode.VALUE, grounds.places.root)]
        self._known: NDArray[np.intp] | None = None
        super().__init__(tokenizer, grammar, beginning.compiled if beginning is not None else None)

    def anew(self) -> GroundedMatcher:
        """Begin another answer over the same document, without compiling the grammar again."""
        return GroundedMatcher(self._tokenizer, self._grammar, self._grounds, self._vocabulary, self)

    @property
    def grounds(self) -> Grounds:
        """What the answer quotes."""
        return self._grounds

    @property
    def stuck(self) -> bool:
        """Whether nothing can follow, though the text is not complete: the document has nothing that goes on so."""
        return not self.ended and not len(self.allowed())

    def allowed(self) -> NDArray[np.intp]:
        """Return the ids of the tokens that may come next, ascending; none where the document has no such text."""
        if self._known is None:
            self._known = self._find_allowed()
        return self._known

    def allows(self, token: int) -> bool:
        """Tell whether one token may come next."""
        return super().allows(token) and (token in self._ends or self._after(token) is not None)

    def consume(self, token: int) -> None:
        """Advance over a token that was allowed."""
        super().consume(token)
        self._enter(token)

    def take_forced(self) -> list[int]:
        """Return the tokens that can only follow now and that the document has, if any, and advance over them."""
        forced = super().take_forced()
        for index, token in enumerate(forced):
            if token not in self._ends and self._after(token) is None:
                super().rollback(len(forced) - index)
                return forced[:index]
            self._enter(token)
        for token in self._tokenizer.tokenize_bytes(self._certain()):
            if not self.allows(token):
                break
            self.consume(token)
            forced.append(token)
        return forced

    def _certain(self) -> bytes:
        """Return the bytes that a begun quote goes on with wherever it stands, up to where it may end."""
        state = self._states[-1]
        kind, starts = state.kind, state.starts
        if state.mode is not _Mode.QUOTE or kind is None or starts is None or len(starts) > _MOST_COMPARED:
            return b""
        text, found, reach = self._grounds.text, bytearray(), starts + state.written
        while len(found) < _FURTHEST and not (state.written + len(found) and self._may_end(kind, starts, reach).any()):
            following = text.bytes[reach]
            if following[0] == BREAK or (following != following[0]).any():
                break
            found.append(int(following[0]))
            reach = reach + 1
        return bytes(found)

    def rollback(self, tokens: int) -> None:
        """Take back the last tokens, forced ones included."""
        super().rollback(tokens)
        if tokens:
            del self._states[len(self._states) - tokens :]
            self._known = None

    @property
    def _ends(self) -> frozenset[int]:
        return self._vocabulary.ends

    def _enter(self, token: int) -> None:
        state = self._states[-1] if token in self._ends else self._after(token)
        assert state is not None, "a token was consumed that the document does not have"
        self._states.append(state)
        self._known = None

    def _after(self, token: int) -> _State | None:
        return self._advance(self._states[-1], self._vocabulary.pieces[token])

    def _find_allowed(self) -> NDArray[np.intp]:
        state, vocabulary = self._states[-1], self._vocabulary
        quotes = state.mode is _Mode.QUOTE
        allowed = self._among(self._continuing(state)) if quotes else super().allowed()
        # Within a string a token has to go on behind the closing mark to open another one.
        within = state.mode in {_Mode.QUOTE, _Mode.STRING, _Mode.KEY}
        doubtful = vocabulary.goes_on if within else vocabulary.has_quote
        places = np.flatnonzero(doubtful[allowed])
        wrong = [place for place in places.tolist() if self._after(int(allowed[place])) is None]
        return np.delete(allowed, wrong) if wrong else allowed

    def _continuing(self, state: _State) -> NDArray[np.intp]:
        """Return the tokens that continue a quote or close it, whatever the mask says of them; ascending."""
        kind, starts = state.kind, state.starts
        assert kind is not None
        assert starts is not None
        if not state.written and kind.beginnings is not None:
            return kind.beginnings
        text, vocabulary = self._grounds.text, self._vocabulary
        places = starts + state.written
        if state.written and text.escaped[places[0]]:
            # Only the escaped character can follow, which might as well be taken for the end of the string.
            bytes_ = np.unique(text.bytes[places]).tolist()
            return np.array(sorted(vocabulary.single[byte] for byte in bytes_ if byte in vocabulary.single))
        found = vocabulary.matches(text, places)
        begin, end = starts[found.at], places[found.at] + vocabulary.lengths[found.contents]
        going, closing = self._goes_on(kind, begin, end), self._may_end(kind, begin, end)
        parts = [
            vocabulary.tokens(found.contents[going], closing=False),
            vocabulary.tokens(found.contents[closing], closing=True),
        ]
        if state.written and self._may_end(kind, starts, places).any():
            parts.append(vocabulary.closing_at_once)
        tokens = np.unique(np.concatenate(parts))
        if not state.written:
            kind.beginnings = tokens
        return tokens

    def _goes_on(self, kind: _Kind, begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell of quotes that are written up to `end` whether they can still become whole."""
        text = self._grounds.text
        if kind.pairs is not None:
            return kind.pairs.furthest[begin] >= end
        ahead = text.ahead[end]
        return (ahead >= 0) & (text.characters[ahead] - text.characters[begin] <= kind.most)

    def _may_end(self, kind: _Kind, begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell of quotes that are written up to `end` whether they are whole."""
        text = self._grounds.text
        if kind.pairs is not None:
            return kind.pairs.has(begin, end)
        return text.last[end] & (text.characters[end] - text.characters[begin] <= kind.most)

    def _advance(self, state: _State, data: bytes) -> _State | None:
        """Return the state behind more bytes; None where a quote is written that the document does not have."""
        place = 0
        here: _State | None = state
        while here is not None and place < len(data):
            if here.mode is _Mode.QUOTE:
                here, place = self._quote(here, data, place)
            else:
                here = self._step(here, data[place])
                place += 1
        return here

    def _quote(self, state: _State, data: bytes, place: int) -> tuple[_State | None, int]:
        """Read bytes of a quote, up to its end where they hold it."""
        kind, starts, written = state.kind, state.starts, state.written
        assert kind is not None
        assert starts is not None
        text = self._grounds.text
        skip = 1 if written and text.escaped[starts[0] + written] else 0
        end = closing_quote(data[place + skip :])
        end = len(data) if end < 0 else place + skip + end
        for byte in data[place:end]:
            starts = starts[text.bytes[starts + written] == byte]
            written += 1
            if not len(starts):
                return None, end
        reach = starts + written
        if end == len(data):
            starts = starts[self._goes_on(kind, starts, reach)]
            return (replace(state, starts=starts, written=written) if len(starts) else None), end
        if not written or not self._may_end(kind, starts, reach).any():
            return None, end
        return _State(_Mode.AFTER, state.place, state.stack), end + 1

    def _step(self, state: _State, byte: int) -> _State | None:
        mode = state.mode
        if mode in {_Mode.STRING, _Mode.KEY}:
            if state.escaped or byte == _BACKSLASH or byte != _QUOTE:
                escaped = byte == _BACKSLASH and not state.escaped
                text = state.text + bytes([byte]) if mode is _Mode.KEY else b""
                return replace(state, escaped=escaped, text=text)
            if mode is _Mode.STRING:
                return _State(_Mode.AFTER, state.place, state.stack)
            key = json.loads(b'"' + state.text + b'"')
            return _State(_Mode.COLON, state.stack[-1].place.below(key), state.stack)
        if byte in _BLANKS and mode is not _Mode.SCALAR:
            return state
        if mode is _Mode.SCALAR and byte not in b",]} \t\n\r":
            return state
        return self._structure(state, byte)

    def _structure(self, state: _State, byte: int) -> _State | None:
        """Read a byte between or at the beginning of values."""
        sign, mode, stack = chr(byte), state.mode, state.stack
        if sign in "]}":
            return _State(_Mode.AFTER, stack[-1].place, stack[:-1])
        if sign == "," and stack[-1].index >= 0:
            frame = replace(stack[-1], index=stack[-1].index + 1)
            return _State(_Mode.VALUE, frame.place.below(frame.index), (*stack[:-1], frame))
        if sign == ",":
            return _State(_Mode.NEXT_KEY, stack[-1].place, stack)
        if sign == ":":
            return replace(state, mode=_Mode.VALUE)
        if sign == "{":
            return _State(_Mode.FIRST_KEY, state.place, (*stack, _Frame(state.place, -1)))
        if sign == "[":
            return _State(_Mode.VALUE, state.place.below(0), (*stack, _Frame(state.place, 0)))
        if byte != _QUOTE:
            return _State(_Mode.SCALAR, state.place, stack)
        if mode in {_Mode.FIRST_KEY, _Mode.NEXT_KEY}:
            return _State(_Mode.KEY, state.place, stack)
        kind = self._grounds.at(state.place)
        if kind is None:
            return _State(_Mode.STRING, state.place, stack)
        if not len(kind.starts):
            return None
        return _State(_Mode.QUOTE, state.place, stack, kind=kind, starts=kind.starts)
