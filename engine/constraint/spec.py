"""What an answer may be, as data: the closed set of constraints that a request can carry."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Spec(BaseModel):
    """Base of the constraint specifications: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Unconstrained(Spec):
    """Any text."""

    kind: Literal["text"] = "text"


class AnyJson(Spec):
    """One JSON object, of any shape ("JSON mode")."""

    kind: Literal["json"] = "json"


class MatchesSchema(Spec):
    """One JSON instance of a JSON Schema.

    `schema_text` is the schema as JSON text, so that key order, number spelling and duplicate keys reach the
    compiler as they were written; the order of `properties` is the order of the answer's keys.
    """

    kind: Literal["schema"] = "schema"
    schema_text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the schema's UTF-8 text, in hex."""
        return hashlib.sha256(self.schema_text.encode()).hexdigest()


class MatchesRegex(Spec):
    """Text that a regular expression matches from end to end (Rust `regex` syntax, no lookaround)."""

    kind: Literal["regex"] = "regex"
    pattern: str


class MatchesLark(Spec):
    """Text derived from `start` of a grammar in llguidance's Lark dialect."""

    kind: Literal["lark"] = "lark"
    grammar: str


ConstraintSpec = Annotated[
    Unconstrained | AnyJson | MatchesSchema | MatchesRegex | MatchesLark, Field(discriminator="kind")
]
