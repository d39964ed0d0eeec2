"""Recursion that cannot end: a schema whose every instance would have to contain another one, and so on for ever.

What a finite instance can be is the least fixed point over the subschemas, as the productive nonterminals of a grammar
are (Hopcroft and Ullman 1979, section 4.4): a place can end as a string, say, where nothing forbids strings, and as an
object where each key that it requires can end. What is left out here (`not`, `if`, bounds) only makes fewer instances,
so a place that is found to have none has none.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from engine.constraint.below import of_item, of_key, prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TYPES = {"null": 1, "boolean": 2, "integer": 4, "number": 4, "string": 8, "array": 16, "object": 32}
_ARRAY, _OBJECT, _ALL = 16, 32, 63
_GIVEN = frozenset({"const", "enum"})
_MOST_NODES = 20_000
_MOST_JOINT = 64
"""Subschemas that are looked at together for one place; leaving some out can only overlook a recursion."""

Node = tuple[Any, ...]
"""Subschemas that an instance satisfies all."""


class Endings:
    """Which places of a schema have a finite instance.

    `said` returns what a subschema says in its draft, `targets` the schemas that hold for its place by reference.
    """

    def __init__(
        self,
        root: Any,
        said: Callable[[dict[str, Any]], dict[str, Any]],
        targets: Callable[[dict[str, Any]], Iterable[Any]],
    ) -> None:
        self._said = said
        self._targets = targets
        self._ends: dict[tuple[int, ...], int] = {}
        self._nodes: dict[tuple[int, ...], Node] = {}
        self._needs: dict[tuple[int, ...], dict[tuple[int, ...], None]] = {}
        self._needed_by: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
        self._pending: deque[tuple[int, ...]] = deque()
        self._here: tuple[int, ...] = ()
        self._unknown = 0
        self._root = _key((root,))
        self._look((root,))
        self._settle()

    def ends(self, schema: Any) -> bool:
        """Tell whether a subschema has a finite instance, or nothing is known of it."""
        self._here = ()
        self._look((schema,))
        self._settle()
        return self._ends.get(_key((schema,)), _ALL) != 0

    def culprit(self) -> Any | None:
        """Return the subschema that leads round for ever where the root therefore has no instance, else None."""
        if self._ends[self._root] or not self._possible():
            return None
        here, seen = self._root, set[tuple[int, ...]]()
        while True:
            seen.add(here)
            onward = [
                key
                for key in self._needs.get(here, ())
                if not self._ends.get(key, _ALL) and self._nodes[key] != (False,)
            ]
            if not onward or any(key in seen for key in onward):
                return self._nodes[here][0]
            here = onward[0]

    def _possible(self) -> bool:
        """Tell whether the root would have an instance if one could go on for ever: the greatest fixed point."""
        least, self._ends, self._unknown = self._ends, dict.fromkeys(self._ends, _ALL), _ALL
        self._pending.extend(self._nodes)
        self._settle()
        possible, self._ends = self._ends[self._root] != 0, least
        return possible

    def _settle(self) -> None:
        while self._pending:
            self._here = self._pending.popleft()
            found = self._evaluate(self._nodes[self._here])
            if found != self._ends[self._here]:
                self._ends[self._here] = found
                self._pending.extend(self._needed_by.get(self._here, ()))

    def _look(self, node: Node) -> int:
        """Return what is known of a node so far; whoever asks is asked again when more is known."""
        key = _key(node)
        if key not in self._nodes:
            if len(self._nodes) >= _MOST_NODES:
                return _ALL
            self._nodes[key] = node
            self._ends[key] = self._unknown
            self._pending.append(key)
        if self._here:
            self._needs.setdefault(self._here, {})[key] = None
            self._needed_by.setdefault(key, set()).add(self._here)
        return self._ends[key]

    def _evaluate(self, node: Node) -> int:
        if len(node) > 1:
            found = _ALL
            for each in node:
                found &= self._look((each,))
        else:
            found = self._alone_can(node[0])
        joint = list(self._joint(node)) if found & (_ARRAY | _OBJECT) else []
        if found & _OBJECT and not self._object_ends(joint):
            found &= ~_OBJECT
        if found & _ARRAY and not self._array_ends(joint):
            found &= ~_ARRAY
        return found

    def _alone_can(self, schema: Any) -> int:
        """Return the types that a subschema leaves open, without a look into objects and arrays."""
        if schema is False:
            return 0
        if not isinstance(schema, dict):
            return _ALL
        schema, found = self._said(schema), _ALL
        for target in self._targets(schema):
            found &= self._look((target,))
        if "type" in schema:
            types = schema["type"]
            open_types = 0
            for name in types if isinstance(types, list) else [types]:
                open_types |= _TYPES[name]
            found &= open_types
        for branch in schema.get("allOf", ()):
            found &= self._look((branch,))
        for keyword in ("anyOf", "oneOf"):
            if schema.get(keyword):
                either = 0
                for branch in schema[keyword]:
                    either |= self._look((branch,))
                found &= either
        return found

    def _joint(self, node: Node) -> Iterator[dict[str, Any]]:
        """Yield the subschemas that hold for a place without condition."""
        pending, seen = list(reversed(node)), set[int]()
        while pending and len(seen) < _MOST_JOINT:
            here = pending.pop()
            if not isinstance(here, dict) or id(here) in seen:
                continue
            seen.add(id(here))
            said = self._said(here)
            pending.extend(self._targets(said))
            pending.extend(reversed(said.get("allOf", ())))
            yield said

    def _object_ends(self, joint: list[dict[str, Any]]) -> bool:
        required = dict.fromkeys(key for each in joint for key in each.get("required", ()) if isinstance(key, str))
        for key in required:
            values = [value for each in joint for value in of_key(each, key)]
            if values and not self._look(tuple(values)):
                return False
        if required or not any(each.get("minProperties", 0) > 0 for each in joint):
            return True
        return all(self._some_key_ends(each) for each in joint)

    def _some_key_ends(self, schema: dict[str, Any]) -> bool:
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        values = (*named.values(), *patterns.values(), schema.get("additionalProperties", True))
        return any(self._look((value,)) for value in values)

    def _array_ends(self, joint: list[dict[str, Any]]) -> bool:
        fewest = max((each.get("minItems", 0) for each in joint), default=0)
        longest = max((len(prefix(each)) for each in joint), default=0)
        for index in range(min(int(fewest), longest + 1)):
            items = tuple(item for each in joint for item in of_item(each, index))
            if items and not self._look(items):
                return False
        for each in joint:
            if "contains" in each and each.get("minContains", 1) > 0 and not self._look((each["contains"],)):
                return False
        return True


def without_endless(schema: dict[str, Any] | bool) -> dict[str, Any] | bool:
    """Return a planned schema in which each definition without a finite instance is false, so that none is begun."""
    definitions = schema.get("$defs") if isinstance(schema, dict) else None
    if not definitions:
        return schema
    endings = Endings(
        schema,
        lambda said: said,
        lambda said: [definitions[said["$ref"].removeprefix("#/$defs/")]] if "$ref" in said else [],
    )
    endless = {f"#/$defs/{name}" for name, each in definitions.items() if not endings.ends(each)}
    written = _without(schema, endless) if endless else schema
    assert isinstance(written, dict | bool)
    return written


def _without(node: Any, endless: set[str]) -> Any:
    """Return a copy in which what refers to one of some definitions is false."""
    if isinstance(node, list):
        return [_without(each, endless) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and reference in endless:
        return False
    return {key: each if key in _GIVEN else _without(each, endless) for key, each in node.items()}


def _key(node: Node) -> tuple[int, ...]:
    return tuple(map(id, node))
