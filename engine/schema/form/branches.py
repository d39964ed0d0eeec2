"""The alternatives of a choice: what they are called, and what tells them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.schema.form.conjunction import named
from engine.schema.form.nature import key_of
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema.form.conjunction import Conjunction, Schema
    from engine.schema.form.field import Field

_MOST_TAGS = 20
_MOST_COMPARED = 64
_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative: its field, what it is called, and the values of the tag that choose it.

    `source` are the indices by which a union, and unions inside it, name it; empty where it is a type.
    """

    field: Field
    own: Schema
    source: tuple[int, ...] = ()
    label: str = ""
    tags: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Branches:
    """All alternatives of a choice. `tag` is the property whose value tells which is meant, where there is one."""

    all: tuple[Branch, ...]
    tag: str = ""

    def tagged(self, value: Any) -> int | None:
        """Return which branch the tag of a value names; None where it names none."""
        if not self.tag or not isinstance(value, dict) or isinstance(value.get(self.tag, {}), dict | list):
            return None
        key = key_of(value[self.tag])
        return next((at for at, each in enumerate(self.all) if key in map(key_of, each.tags)), None)


def branches_of(found: list[Branch], what: Conjunction, union: str) -> Branches:
    """Return the branches with their names: the tag's value, else the title, the definition's name, the type."""
    tag = _tag(found, what) if union else ""
    if tag:
        found = [replace(each, tags=_tags(each.field, tag) or ()) for each in found]
    names = [_label(each) for each in found]
    labels = [
        f"{name} {names[: at + 1].count(name)}" if names.count(name) > 1 else name for at, name in enumerate(names)
    ]
    return Branches(tuple(replace(each, label=label) for each, label in zip(found, labels, strict=True)), tag)


def _tag(found: list[Branch], what: Conjunction) -> str:
    """Return the property that has other values in each branch: the declared discriminator, or the first one."""
    if len(found) < 2 or any(each.field.kind != "object" for each in found):
        return ""
    declared = [named(schema, "discriminator").get("propertyName") for schema in what.schemas]
    names = [name for name in declared if isinstance(name, str)] + list(found[0].field.names[:_MOST_COMPARED])
    return next((name for name in names if _tells_apart(found, name)), "")


def _tells_apart(found: list[Branch], name: str) -> bool:
    seen: set[str] = set()
    for each in found:
        tags = _tags(each.field, name)
        if tags is None:
            return False
        keys = set(map(key_of, tags))
        if seen & keys:
            return False
        seen |= keys
    return True


def _tags(field: Field, name: str) -> tuple[Any, ...] | None:
    child = field.child(name) if name in field.order else None
    if child is None or child.nullable or child.kind not in {"const", "enum"} or len(child.options) > _MOST_TAGS:
        return None
    values = tuple(option.value for option in child.options)
    return None if any(isinstance(value, dict | list) for value in values) else values


def _label(branch: Branch) -> str:
    field, own = branch.field, branch.own
    if branch.tags:
        return _listed(branch.tags)
    if isinstance(own, dict):
        title = own.get("title")
        if isinstance(title, str) and title.strip():
            return title
        reference = own.get("$ref")
        if isinstance(reference, str) and reference.rpartition("/")[2].strip("#"):
            return unescape(reference.rpartition("/")[2].strip("#"))
    return _spoken(field, own)


def _spoken(field: Field, own: Schema) -> str:
    if field.kind == "const" and not isinstance(field.options[0].value, dict | list):
        return _listed([field.options[0].value])
    if field.kind == "enum" and not any(isinstance(option.value, dict | list) for option in field.options):
        return _listed([option.value for option in field.options])
    if field.kind == "object":
        names = list(named(own, "properties") if isinstance(own, dict) else field.names) or list(field.required)
        shown = ", ".join(names[:_SHOWN_NAMES]) + ("…" if len(names) > _SHOWN_NAMES else "")
        return f"object: {shown}" if names else "object"
    if field.kind == "array" and field.rest is not None and field.rest.kind not in {"any", "choice", "const"}:
        return f"array of {field.rest.kind}"
    if field.kind == "string" and field.format:
        return field.format
    return "anything" if field.kind == "any" else field.kind


def _listed(values: Sequence[Any]) -> str:
    shown = [value if isinstance(value, str) and value else key_of(value) for value in values[:_SHOWN_NAMES]]
    return ", ".join(shown) + ("…" if len(values) > _SHOWN_NAMES else "")
