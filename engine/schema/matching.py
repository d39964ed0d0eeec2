"""Which names of one side are which of the other: renamed by what they say, moved by their order."""

from __future__ import annotations

import json
from bisect import bisect_left
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, TypeVar

from engine.schema.spoken import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Key = TypeVar("Key", int, str)

_MOST_COMPARED = 900
"""Pairs of names or subschemas that are compared by how similar they are; beyond, only equal ones are matched."""
_MOST_FEATURES = 300
_SIMILAR_NAMES = 0.5
_SIMILAR = 0.6
_VERY_SIMILAR = 0.8
_TELLING = 40
"""Characters of a schema that tells much."""


def text_of(value: Any) -> str:
    """Return a value as JSON, which is the same for the same values in the same order."""
    return json.dumps(value, ensure_ascii=False)


def match_names(removed: dict[str, Any], added: dict[str, Any]) -> dict[str, str]:
    """Return the new name of each schema that seems to be renamed.

    Equal schemas are matched where they tell much, have similar names, or are the only ones; then very similar ones.
    """
    if not removed or not added:
        return {}
    alone = len(removed) == len(added) == 1
    by_text: dict[str, list[str]] = {}
    for name, schema in added.items():
        by_text.setdefault(text_of(schema), []).append(name)
    found: dict[str, str] = {}
    for name, schema in removed.items():
        text = text_of(schema)
        candidates = by_text.get(text, [])
        is_quick = len(removed) * len(candidates) <= _MOST_COMPARED
        best = max(candidates if is_quick else candidates[:1], key=lambda other: _likeness(name, other), default=None)
        is_likely = alone or _tells_much(schema, text)
        if best is not None and (is_likely or _likeness(name, best) >= _SIMILAR_NAMES):
            found[name] = best
            by_text[text].remove(best)
    left = [name for name in removed if name not in found]
    taken = set(found.values())
    others = [name for name in added if name not in taken]

    def score(name: str, other: str) -> float:
        similar, likeness = similarity(removed[name], added[other]), _likeness(name, other)
        is_same = similar >= _SIMILAR and (likeness >= _SIMILAR_NAMES or alone)
        is_same = is_same or (similar >= _VERY_SIMILAR and _tells_much(removed[name], text_of(removed[name])))
        return similar + likeness if is_same else 0.0

    return found | dict(_greedy(left, others, score))


def match_schemas(old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Return for the index of each schema in a list the one in another list that it is or became."""
    places: dict[str, list[int]] = {}
    for index, schema in enumerate(new):
        places.setdefault(text_of(schema), []).append(index)
    found: dict[int, int] = {}
    for index, schema in enumerate(old):
        same = places.get(text_of(schema))
        if same:
            found[index] = same.pop(0)
    taken = set(found.values())
    left = [index for index in range(len(old)) if index not in found]
    others = [index for index in range(len(new)) if index not in taken]
    found |= dict(_greedy(left, others, lambda index, other: similarity(old[index], new[other])))
    taken = set(found.values())
    left = [index for index in left if index not in found]
    return found | dict(zip(left, [index for index in others if index not in taken], strict=False))


def moved_names(before: Iterable[str], after: Sequence[str]) -> list[str]:
    """Return the fewest names whose move turns one order of the same names into the other, in the new order."""
    position = {name: index for index, name in enumerate(before)}
    ends: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for index, name in enumerate(after):  # the longest increasing subsequence stays where it is
        length = bisect_left(ends, position[name])
        previous.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(position[name])
            last.append(index)
        else:
            ends[length], last[length] = position[name], index
    staying: set[int] = set()
    at = last[-1] if last else -1
    while at >= 0:
        staying.add(at)
        at = previous[at]
    return [name for index, name in enumerate(after) if index not in staying]


def similarity(first: Any, second: Any) -> float:
    """Return from 0 to 1 how much two schemas say alike, at their first level."""
    one, other = _features(first), _features(second)
    return len(one & other) / len(one | other) if one | other else 1.0


def _tells_much(schema: Any, text: str) -> bool:
    """Tell whether a schema is hardly the same as another by chance."""
    return len(text) >= _TELLING or (isinstance(schema, dict) and bool({"$ref", "const", "enum"} & schema.keys()))


def _features(schema: Any) -> set[tuple[str, ...]]:
    if not isinstance(schema, dict):
        return {("value", text_of(schema))}
    found: set[tuple[str, ...]] = set()
    for keyword, value in schema.items():
        if len(found) > _MOST_FEATURES:
            break
        if keyword == "properties" and isinstance(value, dict):
            for name in list(value)[:_MOST_FEATURES]:
                found |= {("property", name), ("property", name, summary(value[name]))}
        elif isinstance(value, dict):
            found.add((keyword,))
        else:
            text = text_of(value)
            found.add((keyword, text) if len(text) < _TELLING * 5 else (keyword,))
    return found


def _greedy(left: list[Key], others: list[Key], score: Callable[[Key, Key], float]) -> list[tuple[Key, Key]]:
    if len(left) * len(others) > _MOST_COMPARED:
        return []
    scored = [(score(one, other), i, j) for i, one in enumerate(left) for j, other in enumerate(others)]
    pairs: list[tuple[Key, Key]] = []
    used: tuple[set[int], set[int]] = set(), set()
    for points, i, j in sorted(scored, key=lambda each: (-each[0], each[1], each[2])):
        if points > 0 and i not in used[0] and j not in used[1]:
            pairs.append((left[i], others[j]))
            used[0].add(i)
            used[1].add(j)
    return pairs


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name[:80].lower(), other[:80].lower()).ratio()
