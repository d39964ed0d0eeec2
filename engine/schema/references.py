"""Following references within a schema and to the bundled metaschemas. Nothing is ever fetched."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import jsonschema_specifications  # type: ignore[import-untyped]
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from engine.schema.drafts import Draft
from engine.schema.walk import DEFINITIONS, Subschema, children, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referencing._core import Resolver

    from engine.schema.document import SchemaDocument

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
"""Keywords that lead to another schema, which holds for the same place."""


class References:
    """The references of one schema: by pointer, `$id`, `$anchor`, and the metaschemas that everybody knows.

    Each is resolved against the resource in which it stands, which is the root's or one with an `$id` of its own.
    """

    def __init__(self, document: SchemaDocument) -> None:
        self._specification = specification_with(str(document.draft))
        resource = self._specification.create_resource(document.root)
        registry: Registry[Any] = jsonschema_specifications.REGISTRY.combine(Registry()).with_resource("", resource)
        self._document = document
        self._alone = document.draft in {Draft.D4, Draft.D6, Draft.D7}
        self._id = "id" if document.draft == Draft.D4 else "$id"
        self._resolver = registry.resolver_with_root(resource)
        self._resolvers: dict[int, Resolver[Any]] = {}
        self._targets: dict[tuple[int, str], Any] = {}
        self._effective: dict[int, dict[str, Any]] = {}
        self._enter(document.root, self._resolver)

    def effective(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what a subschema says in its draft, the same object each time.

        Keywords of other drafts say nothing, nor does up to draft 7 what stands beside a `$ref`.
        """
        found = self._effective.get(id(schema))
        if found is None:
            if self._alone and "$ref" in schema:
                found = {"$ref": schema["$ref"]}
            elif all(map(self._document.says, schema)):
                found = schema
            else:
                found = {keyword: value for keyword, value in schema.items() if self._document.says(keyword)}
            self._effective[id(schema)] = self._effective[id(found)] = found
            if id(schema) in self._resolvers:
                self._resolvers[id(found)] = self._resolvers[id(schema)]
        return found

    def is_embedded(self, schema: dict[str, Any]) -> bool:
        """Tell whether a subschema stands in a resource with an `$id` of its own, below the root's."""
        return self._resolvers.get(id(schema), self._resolver) is not self._resolver

    def follow(self, schema: dict[str, Any], keyword: str = "$ref") -> Any:
        """Return the schema that a subschema refers to; None where that leads nowhere.

        Where it depends on the dynamic scope, this is the schema that a scope of the resource alone would choose.
        """
        if not isinstance(schema.get(keyword), str):
            return None
        place = id(schema), keyword
        if place not in self._targets:
            self._targets[place] = self._look_up(schema, "#" if keyword == "$recursiveRef" else schema[keyword])
        return self._targets[place]

    def resolve(self, schema: dict[str, Any], reference: str) -> Any:
        """Return the schema that a reference would lead to if it stood in a subschema; None where it leads nowhere."""
        return self._look_up(schema, reference)

    def fixed(self, schema: dict[str, Any]) -> Iterator[Any]:
        """Yield each schema that a subschema refers to whatever the dynamic scope is."""
        for keyword in REFERENCES:
            if keyword in schema and not self.depends(schema, keyword):
                yield self.follow(schema, keyword)

    def depends(self, schema: dict[str, Any], keyword: str) -> bool:
        """Tell whether it depends on the dynamic scope what a reference leads to: on who refers to its resource."""
        if keyword == "$ref":
            return False
        target = self.follow(schema, keyword)
        if not isinstance(target, dict) or id(target) not in self._own:
            return True
        if keyword == "$recursiveRef":
            return target.get("$recursiveAnchor") is True and self._anchors.count("") > 1
        name = str(schema[keyword]).rpartition("#")[2]
        return target.get("$dynamicAnchor") == name and self._anchors.count(name) > 1

    def broken(self) -> list[tuple[str, str]]:
        """Return pointer and text of each reference that leads out of the schema, or to nothing in it.

        Only what can be reached from the root counts: a definition that nobody refers to is no part of the schema.
        """
        return [
            (place.pointer, str(place.schema[keyword]))
            for place in self._reached.values()
            if isinstance(place.schema, dict)
            for keyword in self._broken_at(place)
        ]

    def reaches(self, schema: dict[str, Any]) -> bool:
        """Tell whether a subschema holds for some place of an instance, and is not just stored."""
        return id(schema) in self._reached

    def idle(self) -> list[tuple[str, str]]:
        """Return pointer and keyword of each reference that leads nowhere in a place that nothing leads to."""
        return [
            (place.pointer, keyword)
            for place in subschemas(self._document.root)
            if id(place.schema) not in self._reached
            for keyword in self._broken_at(place)
        ]

    def _look_up(self, schema: dict[str, Any], reference: str) -> Any:
        try:
            resolved = self._resolvers.get(id(schema), self._resolver).lookup(reference)
        except (AttributeError, TypeError, Unresolvable, ValueError):
            # It looks for subschemas by the draft that a part declares, where what the root's draft does not know may
            # be no schema.
            return None
        if isinstance(resolved.contents, dict) and id(resolved.contents) not in self._resolvers:
            self._enter(resolved.contents, resolved.resolver)
        return resolved.contents

    def _enter(self, schema: Any, resolver: Resolver[Any]) -> None:
        """Note for a schema and everything below it against what its references are resolved."""
        pending = [(schema, resolver)]
        while pending:
            here, resolver = pending.pop()
            if isinstance(here, dict) and id(here) not in self._resolvers:
                self._resolvers[id(here)] = resolver
                for child in children("", here):
                    inner = child.schema
                    resource = isinstance(inner, dict) and isinstance(inner.get(self._id), str)
                    pending.append((inner, self._inside(inner, resolver) if resource else resolver))

    def _inside(self, schema: Any, resolver: Resolver[Any]) -> Resolver[Any]:
        return resolver.in_subresource(self._specification.create_resource(schema))

    @functools.cached_property
    def _own(self) -> dict[int, str]:
        return {id(place.schema): place.pointer for place in subschemas(self._document.root)}

    @functools.cached_property
    def _anchors(self) -> list[str]:
        """The names of the dynamic anchors; a recursive one has none."""
        found = []
        for place in subschemas(self._document.root):
            if isinstance(place.schema, dict):
                found += [place.schema["$dynamicAnchor"]] if "$dynamicAnchor" in place.schema else []
                found += [""] if place.schema.get("$recursiveAnchor") is True else []
        return found

    @functools.cached_property
    def _reached(self) -> dict[int, Subschema]:
        """Every subschema that says something of some place of an instance, by the identity of its text."""
        found: dict[int, Subschema] = {}
        pending = [Subschema("", self._document.root)]
        while pending:
            here = pending.pop()
            if not isinstance(here.schema, dict) or id(here.schema) in found:
                continue
            said = self.effective(here.schema)
            found[id(here.schema)] = Subschema(here.pointer, said)
            pending += [child for child in children(here.pointer, said) if child.keyword not in DEFINITIONS]
            for keyword in REFERENCES:
                target = self.follow(said, keyword)
                pending.append(Subschema(self._own.get(id(target), here.pointer), target))
        return found

    def _broken_at(self, place: Subschema) -> list[str]:
        schema = place.schema if isinstance(place.schema, dict) else {}
        return [key for key in REFERENCES if isinstance(schema.get(key), str) and self.follow(schema, key) is None]
