"""Following `$ref` within a schema and to the bundled metaschemas. Nothing is ever fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_specifications  # type: ignore[import-untyped]
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from engine.schema.drafts import Draft
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from referencing._core import Resolved

    from engine.schema.document import SchemaDocument


class References:
    """The references of one schema: by pointer, `$id`, `$anchor`, and the metaschemas that everybody knows."""

    def __init__(self, document: SchemaDocument) -> None:
        specification = specification_with(str(document.draft))
        resource = specification.create_resource(document.root)
        registry: Registry[Any] = jsonschema_specifications.REGISTRY.combine(Registry()).with_resource("", resource)
        self._resolver = registry.resolver_with_root(resource)
        self._root = document.root
        self.alone = document.draft in {Draft.D4, Draft.D6, Draft.D7}
        """Whether what stands beside a `$ref` says nothing, as up to draft 7."""

    def follow(self, reference: str) -> Any:
        """Return the schema that a reference of the root resource leads to; None where it leads nowhere."""
        try:
            resolved: Resolved[Any] = self._resolver.lookup(reference)
        except Unresolvable:
            return None
        return resolved.contents

    def broken(self) -> list[tuple[str, str]]:
        """Return pointer and text of each reference that leads out of the schema, or to nothing in it."""
        found = []
        for place in subschemas(self._root):
            for keyword in ("$ref", "$dynamicRef"):
                reference = place.schema.get(keyword) if isinstance(place.schema, dict) else None
                if isinstance(reference, str) and self.follow(reference) is None:
                    found.append((place.pointer, reference))
        return found
