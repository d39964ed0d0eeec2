"""What is wrong with a schema, or may not be meant so: the place, a sentence, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.schema.editing import Copy, Insert, Move, Operation, Raw, Remove, Rename, Set

_OPERATIONS: dict[str, type[Set | Insert | Remove | Rename | Copy | Move]] = {
    "set": Set,
    "insert": Insert,
    "remove": Remove,
    "rename": Rename,
    "copy": Copy,
    "move": Move,
}


class Severity(StrEnum):
    """How grave a problem is. `off` is a setting only: nothing is told then."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"
    OFF = "off"


class Profile(StrEnum):
    """What a schema is held against: its own specification, what makes a model write well, OpenAI's strict subset."""

    JSON_SCHEMA = "json-schema"
    GENERATION = "generation"
    STRICT = "strict"

    @property
    def spoken(self) -> str:
        """What people call it."""
        return {"json-schema": "JSON Schema", "generation": "Generation", "strict": "Strict"}[self.value]


@dataclass(frozen=True)
class Fix:
    """Operations, one after the other, behind which a problem is gone. `label` is the text of a button."""

    label: str
    operations: tuple[Operation, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fix as plain JSON."""
        return {"label": self.label, "operations": [_operation_to_json(each) for each in self.operations]}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> Fix:
        """Restore a fix from `to_json`."""
        return cls(payload["label"], tuple(_operation_from_json(each) for each in payload["operations"]))


@dataclass(frozen=True)
class Problem:
    """Something wrong in a text, or not meant so, found by a rule.

    `pointer` is that of the subschema, `keyword` the one of its keywords, where there is one. `start` and `end` are the
    span to mark, a key or a value, in characters (code points) from 0. Each of the fixes mends it alone.
    """

    rule: str
    profile: Profile
    severity: Severity
    pointer: str
    keyword: str | None
    sentence: str
    start: int
    end: int
    fixes: tuple[Fix, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the problem as plain JSON."""
        return {
            "rule": self.rule,
            "profile": self.profile.value,
            "severity": self.severity.value,
            "pointer": self.pointer,
            "keyword": self.keyword,
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "fixes": [fix.to_json() for fix in self.fixes],
        }

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> Problem:
        """Restore a problem from `to_json`."""
        return cls(
            rule=payload["rule"],
            profile=Profile(payload["profile"]),
            severity=Severity(payload["severity"]),
            pointer=payload["pointer"],
            keyword=payload["keyword"],
            sentence=payload["sentence"],
            start=payload["start"],
            end=payload["end"],
            fixes=tuple(Fix.from_json(each) for each in payload["fixes"]),
        )


def _operation_to_json(operation: Operation) -> dict[str, Any]:
    name = next(name for name, kind in _OPERATIONS.items() if type(operation) is kind)
    told = {"do": name, **vars(operation)}
    if isinstance(told.get("value"), Raw):
        told["raw"] = told.pop("value").text
    return told


def _operation_from_json(payload: dict[str, Any]) -> Operation:
    told = {key: value for key, value in payload.items() if key not in {"do", "raw"}}
    if "raw" in payload:
        told["value"] = Raw(payload["raw"])
    return _OPERATIONS[payload["do"]](**told)
