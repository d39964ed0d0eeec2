"""Where the references of a text lead: read from the text alone, so that they can be followed in one that is no schema.

`engine.schema.references` does so for a document that its metaschema accepts. Nothing is ever fetched.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin

from engine.schema.editing import Kind
from engine.schema.outline.reading import keywords, string
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from engine.schema.editing import Node, Syntax

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
"""Keywords that lead to another schema, the one that counts first."""

_NAME = re.compile(r'\s*:\s*"([^"\\\n]{1,2000})"')
_DATA = ("/properties", "/const", "/default")
_MOST = 500
"""Identifiers of a text that are looked at: finding the place of one takes as long as its object is wide."""


class Targets:
    """The references of one text: by pointer, by anchor, by `$id`. Each is looked up once."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._found: dict[tuple[str, str], tuple[str, Node] | None] = {}
        self._members: dict[str, dict[str, Node]] = {}

    def of(self, pointer: str, reference: str) -> tuple[str, Node] | None:
        """Return pointer and node of what a reference in the schema at `pointer` leads to; None where that is nothing.

        Where it depends on the dynamic scope, this is what the resource alone would choose.
        """
        base = self._resource(pointer)
        place = base, reference
        if place not in self._found:
            self._found[place] = self._look_up(base, reference)
        return self._found[place]

    def _look_up(self, base: str, reference: str) -> tuple[str, Node] | None:
        if not reference.startswith("#"):
            try:
                uri, fragment = urldefrag(urljoin(self._uris.get(base, ""), reference))
            except ValueError:
                return None
            inside = self._resources.get(uri)
            if inside is None:
                return None
            base = inside
        else:
            fragment = reference[1:]
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            named = self._anchors.get((base, fragment))
            if named is None:
                return None
            pointer = named
        else:
            pointer = base + fragment
        node = self._node(pointer)
        return None if node is None else (pointer, node)

    def _node(self, pointer: str) -> Node | None:
        """Return the value at a pointer. Thousands of references may lead into one object, which is read once."""
        here, at = self._syntax.root, ""
        for token in pointer.split("/")[1:]:
            if here is None:
                return None
            if here.kind is Kind.OBJECT:
                if at not in self._members:
                    self._members[at] = keywords(here)
                here = self._members[at].get(unescape(token))
            else:
                items = here.items()
                known = token.isascii() and token.isdecimal() and int(token) < len(items)
                here = items[int(token)] if known else None
            at = f"{at}/{token}"
        return here

    def _resource(self, pointer: str) -> str:
        """Return the pointer of the nearest schema above a place, or at it, that has an `$id`; else the root's."""
        if len(self._uris) <= ("" in self._uris):
            return ""
        while pointer and pointer not in self._uris:
            pointer = pointer.rpartition("/")[0]
        return pointer

    @functools.cached_property
    def _identifiers(self) -> list[tuple[str, str]]:
        """The places with an `$id`, outer ones first: pointer and name."""
        root = self._syntax.root
        declared = string(root.get("$schema")) if root is not None else None
        old = declared is not None and ("draft-04" in declared or "draft-03" in declared)
        return self._named("id" if old else "$id")

    def _named(self, keyword: str) -> list[tuple[str, str]]:
        """Return the places that name themselves by a keyword, outer ones first: pointer and name."""
        found = []
        for place, name in self._spelled(keyword):
            holder, _, last = self._syntax.pointer_at(place).rpartition("/")
            # A property may be called "$id", and a text may stand in an example.
            if unescape(last) == keyword and not holder.endswith(_DATA):
                found.append((holder, name))
        return sorted(found, key=lambda each: each[0].count("/"))

    def _spelled(self, keyword: str) -> list[tuple[int, str]]:
        """Return where a keyword seems to stand with a name, which is no pointer: generators write such everywhere."""
        key, text = f'"{keyword}"', self._syntax.text
        found: list[tuple[int, str]] = []
        at = text.find(key)
        while at >= 0 and len(found) < _MOST:
            named = _NAME.match(text, at + len(key))
            if named is not None and not named.group(1).startswith("#/"):
                found.append((at, named.group(1)))
            at = text.find(key, at + len(key))
        return found

    @functools.cached_property
    def _uris(self) -> dict[str, str]:
        """The absolute address of each resource, by its pointer."""
        found: dict[str, str] = {}
        for holder, name in self._identifiers:
            if not name.startswith("#"):
                above = holder
                while above and above not in found:
                    above = above.rpartition("/")[0]
                try:
                    found[holder] = urldefrag(urljoin(found.get(above, ""), name)).url
                except ValueError:
                    continue
        return found

    @functools.cached_property
    def _resources(self) -> dict[str, str]:
        return {uri: pointer for pointer, uri in self._uris.items()} | {self._uris.get("", ""): ""}

    @functools.cached_property
    def _anchors(self) -> dict[tuple[str, str], str]:
        """The pointers of anchors, by their resource and name; the first of those that are called the same."""
        found: dict[tuple[str, str], str] = {}
        by_id = [(holder, name[1:]) for holder, name in self._identifiers if name.startswith("#")]
        for holder, name in (*self._named("$anchor"), *self._named("$dynamicAnchor"), *by_id):
            found.setdefault((self._resource(holder), name), holder)
        return found
