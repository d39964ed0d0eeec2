"""What a cell could hold instead: the other ways in which the model could have gone on, brought to values.

A rival is a beginning of the value that the model did not write, with its probability (`engine.model.protocol.Rival`).
It is brought to what it leads to:

* in a list of possible quotes (numbers, dates): every quote that begins so. Several share its probability, those
  beside a label of the field three times as much as the others;
* among the labels of an `enum` or boolean: the label that begins so, which is exact where only one does. Several
  share it evenly, as they were not told apart. What was too little to be told belongs to the labels without any,
  evenly, so that all labels together have 1 (a list's quotes get theirs in the same way);
* in free text: the places where the document goes on so, up to where a phrase ends by itself; a beginning that says
  nothing yet, to the phrases that follow a label of the field.

Equal values are one alternative. Null is "not in the document".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from engine.extraction.values import Reading
    from engine.model.protocol import ValueClosed

Span = tuple[int, int]

Among = Literal["labels", "list", "text"]
"""What candidates are: all labels of a choice, all quotes of a list (or else null), some of a text's quotes."""

MOST = 5
_MOST_SPANS = 5
_MOST_PLACES = 40
"""Places of a document that are looked at for one beginning."""
_BESIDE_A_LABEL = 3.0
"""How much likelier a quote beside a label of its field is than another one that begins in the same way."""
_LEAST = 0.0005
_LONGEST_PHRASE = 60

_PHRASE_END = re.compile(r"[^\S\n]{2,}|\t|\n|[^\S\n]\|[^\S\n]|[^\S\n]+[-\u2013\u2014][^\S\n]+|\Z")
_SENTENCE_END = re.compile(r"[.,;:!?](?=\s)|\(")
_WORD_END = re.compile(r"(?<=\w)(?!\w)")
_UNFINISHED = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_WHOLE_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass
class Alternative:
    """A value that a cell could hold. `spans` are its places in the document's text, the likeliest first."""

    value: Any
    quote: str | None = None
    spans: list[Span] = field(default_factory=list)
    probability: float = 0.0


@dataclass
class Candidate:
    """An alternative, and the JSON texts by which the model could have written it, each with its weight."""

    made: Alternative
    texts: dict[str, float]


def among(
    candidates: Sequence[Candidate], told: ValueClosed, chosen: Alternative, among_all: Among
) -> list[Alternative]:
    """Return the likeliest of some alternatives, `chosen` among them, the likeliest first.

    Where the candidates are all there is, what was too little to be told is shared by those without any.
    """
    closed = among_all == "labels"
    chosen.probability = told.probability or 0.0
    others = {_key(each.made.value): each for each in candidates}
    own = others.get(_key(chosen.value))
    if own is not None:
        own.made.probability = chosen.probability
        own.made.spans, own.made.quote = chosen.spans or own.made.spans, chosen.quote or own.made.quote
        chosen = own.made
    absent = 0.0
    for rival in told.rivals:
        text = _whole(rival.text)
        if text and "null".startswith(text) and not closed:
            absent += rival.probability
            continue
        fitting = [(each, weight) for each in others.values() if (weight := _weight(each, text))]
        total = sum(weight for _, weight in fitting)
        for each, weight in fitting:
            each.made.probability += rival.probability * weight / total
    found = [each.made for each in others.values()]
    if own is None:
        found.append(chosen)
    if not closed and max(absent, told.absence or 0.0) > 0:
        if chosen.value is None:
            chosen.probability = max(chosen.probability + absent, told.absence or 0.0)
        else:
            found.append(Alternative(None, probability=max(absent, told.absence or 0.0)))
    if among_all != "text":
        rest = max(1.0 - sum(each.probability for each in found), 0.0)
        unknown = [each for each in others.values() if not each.made.probability]
        total = sum(max(each.texts.values()) for each in unknown)
        for each in unknown:
            each.made.probability = rest * max(each.texts.values()) / total
    if closed and (total := sum(each.probability for each in found)):
        for made in found:
            made.probability /= total
    kept = [each for each in found if each.probability >= _LEAST and each is not chosen]
    kept = sorted(kept, key=lambda each: -each.probability)[: MOST - 1]
    return sorted([chosen, *kept], key=lambda each: -each.probability)


def labels(values: Iterable[Any]) -> list[Candidate]:
    """Return the labels of a choice as candidates."""
    return [Candidate(Alternative(value), {_json(value): 1.0}) for value in values]


def readings(text: str, found: Mapping[Span, Reading], beside: Callable[[Span], int | None]) -> list[Candidate]:
    """Return the quotes of a list as candidates, one for each value.

    `beside` tells how far before a quote a label of the field stands, in characters; None where none does.
    """
    made: dict[str, Candidate] = {}
    far: dict[Span, int] = {}
    for span, reading in found.items():
        distance = beside(span)
        far[span] = len(text) if distance is None else distance
        weight = 1.0 if distance is None else _BESIDE_A_LABEL
        each = made.setdefault(_key(reading.value), Candidate(Alternative(reading.value), {}))
        quote = _json(_folded(text[slice(*span)]))
        each.texts[quote] = max(each.texts.get(quote, 0.0), weight)
        each.made.spans.append(span)
    for each in made.values():
        each.made.spans.sort(key=far.__getitem__)
        del each.made.spans[_MOST_SPANS:]
        each.made.quote = text[slice(*each.made.spans[0])]
    return list(made.values())


def phrases(
    text: str,
    read: Sequence[Span],
    told: ValueClosed,
    labels: Sequence[str],
    beside: Callable[[Span], int | None],
    fits: Callable[[str], bool],
) -> list[Candidate]:
    """Return quotes of running text that begin as the rivals do, in the parts of it that the model has `read`.

    `labels` are words that stand before the value; `fits` tells whether the schema has a text.
    """
    made: dict[str, Candidate] = {}

    def add(spans: Iterable[Span | None]) -> None:
        for span in filter(None, spans):
            value = _folded(text[slice(*span)])
            weight = 1.0 if beside(span) is None else _BESIDE_A_LABEL
            each = made.setdefault(value, Candidate(Alternative(value, text[slice(*span)]), {}))
            each.texts[_json(value)] = max(each.texts.get(_json(value), 0.0), weight)
            if span not in each.made.spans and len(each.made.spans) < _MOST_SPANS:
                each.made.spans.append(span)

    for rival in told.rivals:
        beginning, whole = _content(rival.text)
        if beginning is None:
            continue
        if not beginning:
            add(_phrase(text, place, place, fits) for place in _behind(text, read, labels))
            continue
        words = r"\s+".join(map(re.escape, beginning.split()))
        edge = r"(?!\w)" if whole and beginning[-1].isalnum() else r"\s" if beginning[-1].isspace() else ""
        sought = re.compile(rf"(?<!\w){words}{edge}")
        for match in islice((match for span in read for match in sought.finditer(text, *span)), _MOST_PLACES):
            add([match.span() if whole else _phrase(text, match.start(), match.end(), fits)])
    return list(made.values())


def _phrase(text: str, start: int, reached: int, fits: Callable[[str], bool]) -> Span | None:
    """Return the quote that begins at a place, goes on at least to `reached`, and ends where a phrase does."""
    end = next(_PHRASE_END.finditer(text, reached)).start()
    ends = [end]
    if end - start > _LONGEST_PHRASE:
        ends = [match.start() for match in _SENTENCE_END.finditer(text, reached, start + _LONGEST_PHRASE)] or ends
        ends += [match.start() for match in _WORD_END.finditer(text, reached, start + _LONGEST_PHRASE)][::-1]
    else:
        ends += [match.start() for match in _WORD_END.finditer(text, reached, end)][::-1]
    for each in ends:
        quote = text[start:each].rstrip(" \t\n,;:|([{")
        if quote.strip() and fits(_folded(quote)):
            return start, start + len(quote)
    return None


def _behind(text: str, read: Sequence[Span], labels: Sequence[str]) -> Iterator[int]:
    """Yield where the text behind labels begins, on the line of the label or the next."""
    if not labels:
        return
    label = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, labels))})\w*[^\S\n]*[:.#]*\s*", re.IGNORECASE)
    found = (match.end() for span in read for match in label.finditer(text, *span))
    yield from islice((place for place in found if place < len(text)), _MOST_PLACES)


def _content(rival: str) -> tuple[str | None, bool]:
    """Return what a rival has of a string, and whether that is all of it; None where it is no string."""
    if not rival.startswith('"'):
        return None, False
    whole = _WHOLE_STRING.match(rival)
    spelled = whole.group() if whole else _UNFINISHED.sub("", rival) + '"'
    try:
        return str(json.loads(spelled, strict=False)), whole is not None
    except ValueError:
        return None, False


def _whole(rival: str) -> str:
    """Return a rival without what ends a value; of a number or word that is ended, with a mark of that."""
    whole = _WHOLE_STRING.match(rival)
    if whole:
        return whole.group()
    if rival.startswith('"'):
        return _UNFINISHED.sub("", rival)
    ended = re.match(r"[^\s,\]}]+(?=[\s,\]}])", rival)
    return f"{ended.group()}\n" if ended else rival.strip()


def _weight(candidate: Candidate, text: str) -> float:
    """Return how well a candidate goes on from a beginning: 0 where it does not."""
    if not text:
        return 0.0
    if text.endswith("\n"):
        return candidate.texts.get(text[:-1], 0.0)
    return max((weight for spelled, weight in candidate.texts.items() if spelled.startswith(text)), default=0.0)


def _key(value: Any) -> str:
    return _json(float(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _folded(text: str) -> str:
    return " ".join(text.split())
