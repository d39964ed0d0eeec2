"""What stands beside a type in Python source: `Field(…)`, `constr(…)`, the metadata of `Annotated`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.schema.interchange.python_values import NotLiteral, literal

if TYPE_CHECKING:
    from engine.schema.interchange.python_names import Names, Notes

_NUMBERS = {
    "gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum", "multiple_of": "multipleOf",
}  # fmt: skip
_LENGTHS = {
    "string": {"min_length": "minLength", "max_length": "maxLength"},
    "array": {"min_length": "minItems", "max_length": "maxItems"},
    "object": {"min_length": "minProperties", "max_length": "maxProperties"},
}
_BOUNDS = frozenset({*_NUMBERS, "min_length", "max_length", "pattern"})
_OLD = {"regex": "pattern", "min_items": "min_length", "max_items": "max_length"}
_ASIDE = frozenset({"title", "description", "examples"})
_NO_PART = frozenset(
    {
        "alias_priority", "allow_inf_nan", "allow_mutation", "ascii_only", "coerce_numbers_to_str", "compare", "const",
        "exclude", "exclude_if", "fail_fast", "frozen", "hash", "include", "init", "init_var", "kw_only", "metadata",
        "repr", "serialization_alias", "strict", "strip_whitespace", "to_lower", "to_upper", "union_mode",
        "validate_default",
    }
)  # fmt: skip
"""Arguments that say nothing of which JSON values are valid."""
_ALONE = {
    "Gt": "gt", "Ge": "ge", "Lt": "lt", "Le": "le", "MultipleOf": "multiple_of", "MinLen": "min_length",
    "MaxLen": "max_length",
}  # fmt: skip
_SEVERAL = frozenset({"Field", "Interval", "StringConstraints"})
_CODE = frozenset({"AfterValidator", "BeforeValidator", "PlainValidator", "Predicate", "WrapValidator"})
_SILENT = frozenset(
    {
        "AllowInfNan",
        "FailFast",
        "PlainSerializer",
        "SkipValidation",
        "Strict",
        "Tag",
        "Timezone",
        "Unit",
        "WrapSerializer",
    }
)


@dataclass
class Said:
    """What is said of a field or a type besides its type.

    `bounds` are Pydantic's arguments (`ge`, `max_length` …), `aside` the annotations of the schema, `default` a list of
    the one value where there is one, `optional` tells that there is one or that it is made by code.
    """

    bounds: dict[str, Any] = field(default_factory=dict)
    aside: dict[str, Any] = field(default_factory=dict)
    default: list[Any] = field(default_factory=list)
    optional: bool = False
    alias: str = ""
    discriminator: str = ""
    instead: dict[str, Any] | None = None

    def add(self, other: Said) -> None:
        """Take over what is said later, which counts more."""
        self.bounds |= other.bounds
        self.aside |= other.aside
        self.default = other.default or self.default
        self.optional = self.optional or other.optional
        self.alias = other.alias or self.alias
        self.discriminator = other.discriminator or self.discriminator
        self.instead = other.instead or self.instead


@dataclass(frozen=True)
class ConstraintReader:
    """Reads calls that say something of a field."""

    names: Names
    notes: Notes

    def assigned(self, value: ast.expr, scope: str) -> Said:
        """Return what the right side of a field says: `Field(…)`, `field(…)`, or a default."""
        if isinstance(value, ast.Call) and self.names.meaning(value.func) in {"Field", "field"}:
            return self.call(value, scope)
        said = Said()
        self._default(said, value, scope)
        return said

    def metadata(self, value: ast.expr, scope: str) -> Said:
        """Return what one item of `Annotated` says."""
        name = self.names.meaning(value.func if isinstance(value, ast.Call) else value)
        if isinstance(value, ast.Call):
            if name in _SEVERAL:
                return self.call(value, scope)
            if name in _ALONE:
                return self._bound(_ALONE[name], [*value.args, *(each.value for each in value.keywords)][:1], scope)
            if name == "Len":
                return self._length(value, scope)
            if name == "Discriminator":
                return self._discriminator(value, scope)
            if name == "WithJsonSchema" and value.args:
                return self._instead(value, scope)
        if name in _CODE:
            self.notes.add(value, f"{name} checks by code, which a schema cannot say.")
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.notes.add(value, "a text in Annotated is not kept; Field(description=…) is.")
        elif name not in _SILENT:
            self.notes.add(value, f"{ast.unparse(value)[:60]} is not known here and was left out.")
        return Said()

    def call(self, call: ast.Call, scope: str) -> Said:
        """Return what the arguments of `Field(…)`, `constr(…)` and their like say."""
        said = Said()
        if call.args and self.names.meaning(call.func) == "Field":
            self._default(said, call.args[0], scope)
        for argument in call.keywords:
            self._argument(said, argument, scope)
        return said

    def _argument(self, said: Said, argument: ast.keyword, scope: str) -> None:
        name = _OLD.get(argument.arg or "", argument.arg or "")
        if name == "default":
            self._default(said, argument.value, scope)
        elif name == "default_factory":
            said.optional = True
            self.notes.add(argument.value, "a default is made by code here and was left out.")
        elif name in _BOUNDS:
            said.bounds |= self._bound(name, [argument.value], scope).bounds
        elif name in _ASIDE or name in {
            "json_schema_extra",
            "deprecated",
            "discriminator",
            "alias",
            "validation_alias",
        }:
            self._aside(said, name, argument.value, scope)
        elif name not in _NO_PART:
            self.notes.add(argument.value, f"the argument {name or '**'} is not part of a schema and was left out.")

    def _aside(self, said: Said, name: str, value: ast.expr, scope: str) -> None:
        if isinstance(value, ast.Call) and name == "validation_alias" and value.args:
            value = value.args[0]  # of several choices the first
        try:
            found = literal(value, self.names, scope)
        except NotLiteral:
            self.notes.add(value, f"{name} is no literal and was left out.")
            return
        if name == "json_schema_extra":
            if isinstance(found, dict):
                said.aside |= found
        elif name == "deprecated":
            if found:
                said.aside["deprecated"] = True
        elif name in {"alias", "validation_alias"}:
            if isinstance(found, str) and (name == "validation_alias" or not said.alias):
                said.alias = found
        elif name == "discriminator":
            said.discriminator = found if isinstance(found, str) else ""
        elif isinstance(found, list if name == "examples" else str):
            said.aside[name] = found

    def _default(self, said: Said, value: ast.expr, scope: str) -> None:
        if isinstance(value, ast.Constant) and value.value is Ellipsis:
            return
        said.optional = True
        try:
            said.default = [literal(value, self.names, scope)]
        except NotLiteral:
            self.notes.add(value, "this default is no literal and was left out.")

    def _bound(self, name: str, values: list[ast.expr], scope: str) -> Said:
        for value in values:
            try:
                found = literal(value, self.names, scope)
            except NotLiteral:
                self.notes.add(value, f"{name} is no number or text here and was left out.")
                continue
            if _is_bound(name, found):
                return Said(bounds={name: found})
            if found is not None:
                self.notes.add(value, f"{name} cannot be {str(found)[:40]} and was left out.")
        return Said()

    def _length(self, call: ast.Call, scope: str) -> Said:
        said = Said()
        for name, value in zip(("min_length", "max_length"), call.args, strict=False):
            said.add(self._bound(name, [value], scope))
        for each in call.keywords:
            if each.arg in {"min_length", "max_length"}:
                said.add(self._bound(each.arg, [each.value], scope))
        if said.bounds.get("min_length") == 0:
            del said.bounds["min_length"]
        return said

    def _discriminator(self, call: ast.Call, scope: str) -> Said:
        try:
            found = literal(call.args[0], self.names, scope) if call.args else None
        except NotLiteral:
            found = None
        if not isinstance(found, str):
            self.notes.add(call, "this discriminator is code and was left out.")
            return Said()
        return Said(discriminator=found)

    def _instead(self, call: ast.Call, scope: str) -> Said:
        try:
            found = literal(call.args[0], self.names, scope)
        except NotLiteral:
            found = None
        if not isinstance(found, dict):
            self.notes.add(call, "this schema is no literal and was left out.")
            return Said()
        return Said(instead=found)


def constrain(schema: dict[str, Any], bounds: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a schema with bounds put where they apply, and the bounds that apply nowhere in it.

    In a union they are put on each alternative of the right type.
    """
    if not bounds:
        return schema, []
    branches = schema.get("anyOf", [schema])
    keywords = [[_keyword(name, branch) for branch in branches] for name in bounds]
    written = []
    for at, branch in enumerate(branches):
        found = {each[at]: value for each, value in zip(keywords, bounds.values(), strict=True) if each[at]}
        written.append({**branch, **found})
    left = [name for name, each in zip(bounds, keywords, strict=True) if not any(each)]
    return ({**schema, "anyOf": written} if "anyOf" in schema else written[0]), left


def _keyword(name: str, schema: dict[str, Any]) -> str:
    """Return the keyword that says a bound of values of a schema's type, or ""."""
    kind = schema.get("type")
    if name in _NUMBERS:
        return _NUMBERS[name] if kind in {"integer", "number"} else ""
    if name == "pattern":
        return "pattern" if kind == "string" else ""
    return _LENGTHS.get(str(kind), {}).get(name, "")


def _is_bound(name: str, value: Any) -> bool:
    """Tell whether a value may stand under the keyword of a bound."""
    if name == "pattern":
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name in {"min_length", "max_length"}:
        return isinstance(value, int) and value >= 0
    return name != "multiple_of" or value > 0
