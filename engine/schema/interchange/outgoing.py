"""What every way out begins with: a schema that is valid and whose references lead somewhere, and names for types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.errors import ConversionError
from engine.schema.document import read_schema
from engine.schema.interchange.result import lay_out

if TYPE_CHECKING:
    from engine.schema.document import SchemaDocument

_WORDS = re.compile(r"[^A-Za-z0-9]+")


def document_of(schema: dict[str, Any] | bool) -> SchemaDocument:
    """Return a schema as a checked document.

    Raises SchemaInvalid where it is none, and ConversionError where a reference leads out of it or to nothing.
    """
    document = read_schema(lay_out(schema))
    for pointer, reference in document.references.broken():
        raise ConversionError(
            f"The reference {reference} leads to nothing in this schema.",
            where=pointer or "the root",
            advice="Put what it means under $defs.",
        )
    return document


def type_name(text: str, otherwise: str = "Schema") -> str:
    """Return a name for a type as programming languages take it, in PascalCase: letters and digits of ASCII."""
    words = [word for word in _WORDS.split(text) if word]
    name = "".join(word[0].upper() + word[1:] for word in words)
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"{otherwise}{name}"
