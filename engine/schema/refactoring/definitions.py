"""Definitions: made of what stands in one place, put back into it, and taken away when nothing needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EditRefused
from engine.schema.drafts import Draft
from engine.schema.editing import Copy, Kind, Set
from engine.schema.location import locate
from engine.schema.pointer import escape
from engine.schema.refactoring.properties import referred_to, remove
from engine.schema.refactoring.script import Refactoring, Script
from engine.schema.refactoring.uses import Redirect, resource_of, target_of, to_reference, uses

if TYPE_CHECKING:
    from engine.schema.editing import Syntax

_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
)
"""Keywords that may stand beside a reference and say the same beside what it refers to."""


def extract(syntax: Syntax, pointer: str, name: str | None = None) -> Refactoring:
    """Make a definition of a subschema, as it is written, and refer to it from where it stood.

    Without a name it is called as the property is. References into it follow.
    """
    location = locate(pointer)
    script = Script(syntax)
    if location is None or location.holder is None:
        raise EditRefused("Only a schema below the root can become a definition.", where=pointer or "the root")
    node = script.schema(pointer)
    if [member.key for member in node.members()] == ["$ref"]:
        raise EditRefused("This is a reference already.", where=pointer)
    base = resource_of(syntax, location.holder)
    keyword = _definitions(script, base)
    title = script.value(f"{pointer}/title")
    called = name or location.name or (title if isinstance(title, str) else None) or location.keyword
    called = called if not called.isdecimal() else f"{location.keyword}_{called}"
    if not script.has(f"{base}/{keyword}"):
        script.keyword(base, keyword, {})
    called = script.free(f"{base}/{keyword}", called)
    definition = f"{base}/{keyword}/{escape(called)}"
    script.do(Redirect({pointer: definition}))
    script.do(Copy(pointer, f"{base}/{keyword}", None, called))
    script.rewrite(pointer, {"$ref": to_reference(definition[len(base) :])})
    return script.done(f"Extract {called}", [definition, pointer])


def inline(syntax: Syntax, pointer: str) -> Refactoring:
    """Write what a reference refers to in its place; the definition stays.

    Raises EditRefused where that could mean something else: beside a reference stand keywords that hold too, or it
    leads into a resource with an `$id` of its own.
    """
    script = Script(syntax)
    node = script.schema(pointer)
    target = target_of(syntax, pointer)
    if target is None:
        raise EditRefused("This refers to nothing in this schema.", where=pointer or "the root")
    beside = [member.key for member in node.members() if member.key != "$ref"]
    if not _ANNOTATIONS.issuperset(beside):
        holding = ", ".join(key for key in beside if key not in _ANNOTATIONS)
        raise EditRefused(
            f"Beside the reference stands {holding}, which would hold with it.",
            where=pointer or "the root",
            advice="Move that into the definition first.",
        )
    if resource_of(syntax, target) != resource_of(syntax, pointer) or syntax.find(f"{target}/$id"):
        raise EditRefused("The definition has an $id, so its references count from there.", where=target)
    if pointer == target or not pointer:
        raise EditRefused("This refers to itself.", where=pointer or "the root")
    kept = {key: node.get(key) for key in beside}
    values = {key: each.value() for key, each in kept.items() if each is not None}
    script.unwrap(pointer, target)
    if script.node(pointer).kind is Kind.OBJECT:
        for key, value in values.items():
            script.keyword(pointer, key, value)
    return script.done("Inline", [pointer])


def inline_all(syntax: Syntax, definition: str) -> Refactoring:
    """Write a definition wherever it is referred to, and take it away."""
    script = Script(syntax)
    if any(use.startswith(definition + "/") for use in uses(syntax, definition)):
        raise EditRefused("This definition refers to itself, so it is needed.", where=definition)
    for use in uses(syntax, definition):
        script.run(inline(script.syntax, use.rpartition("/")[0]))
    script.run(delete_definition(script.syntax, definition))
    return script.done(f"Inline {definition.rpartition('/')[2]} everywhere")


def delete_definition(syntax: Syntax, definition: str) -> Refactoring:
    """Take away a definition that nothing refers to; an object of definitions that is empty then goes too.

    Raises EditRefused where it is referred to, with the number and the first place.
    """
    needed = referred_to(syntax, [definition])
    if needed:
        more = f" and {len(needed) - 1} more" if len(needed) > 1 else ""
        raise EditRefused(
            f"This is referred to from {needed[0]}{more}.",
            where=definition,
            advice="Inline it everywhere, or let these refer to something else.",
        )
    script = Script(syntax)
    script.run(remove(syntax, [definition]))
    holder = definition.rpartition("/")[0]
    if not script.node(holder).members():
        script.run(remove(script.syntax, [holder]))
    return script.done(f"Delete {definition.rpartition('/')[2]}")


def refer(syntax: Syntax, pointer: str, definition: str) -> Refactoring:
    """Let a subschema be a reference to a definition; its title and description stay."""
    script = Script(syntax)
    node = script.node(pointer)
    base = resource_of(syntax, pointer)
    if not definition.startswith(base):
        raise EditRefused("This definition is in another resource.", where=definition)
    kept = {member.key: member.value.value() for member in node.members() if member.key in _ANNOTATIONS}
    script.do(Set(pointer, {"$ref": to_reference(definition[len(base) :])} | kept))
    return script.done("Refer to a definition", [pointer])


def _definitions(script: Script, base: str) -> str:
    """Return the keyword that definitions stand under here."""
    for keyword in ("$defs", "definitions"):
        if script.has(f"{base}/{keyword}"):
            return keyword
    declared = script.value("/$schema")
    old = isinstance(declared, str) and declared.rstrip("#") in {Draft.D4, Draft.D6, Draft.D7}
    return "definitions" if old else "$defs"
