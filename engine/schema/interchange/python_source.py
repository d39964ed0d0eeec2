"""A schema from Python source: Pydantic v2 models, dataclasses, TypedDicts, NamedTuples and enums.

The source is read with `ast` alone: never imported, executed or evaluated. The schema is what Pydantic itself would
give (`model_json_schema()`, in validation mode), but for titles made from names, and a recursive root, which stands at
the root and not under `$defs`.
"""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel, to_pascal, to_snake

from engine.errors import ConversionError, SchemaSyntaxError
from engine.schema.interchange.python_classes import ClassKind, Field, ReadClass, read_classes
from engine.schema.interchange.python_constraints import ConstraintReader
from engine.schema.interchange.python_guard import refuse_hostile
from engine.schema.interchange.python_names import Names, Notes
from engine.schema.interchange.python_types import Types, one_of
from engine.schema.interchange.python_values import members
from engine.schema.interchange.result import Incoming, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ALIASES: dict[str, Callable[[str], str]] = {"to_camel": to_camel, "to_pascal": to_pascal, "to_snake": to_snake}
_EXTRA = {"forbid": False, "allow": True}
_ADVICE = "Give it the base class BaseModel or TypedDict, or the decorator @dataclass."


def from_python(source: str, *, root: str = "") -> Incoming:
    """Return the schema of one class of a source, and those it refers to as `$defs`.

    The class is the one that `root` names, or the last one that no other refers to. Raises SchemaSyntaxError where the
    source is no Python, and ConversionError where it has no class with a schema or is too large.
    """
    tree = _parsed(source)
    try:
        return _read(tree, root)
    except RecursionError:
        raise ConversionError("This source is nested too deeply to be read.") from None


def _parsed(source: str) -> ast.Module:
    refuse_hostile(source)
    source = textwrap.dedent(source.lstrip("\ufeff"))
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise SchemaSyntaxError(
            f"This is no Python: {error.msg}.", line=error.lineno or 1, column=error.offset or 1
        ) from None
    except (RecursionError, MemoryError):
        raise ConversionError("This source is nested too deeply to be read.") from None
    except ValueError as error:
        raise ConversionError(f"This source cannot be read: {error}.") from None


def _read(tree: ast.Module, root: str) -> Incoming:
    names, notes = Names(tree), Notes()
    classes = read_classes(names, notes)
    chosen, others = _choose(names, classes, root)
    builder = _Builder(names, classes, notes, chosen.qualified)
    schema = builder.document(chosen)
    said = [f"Read as Python source; {chosen.name} ({chosen.kind.value}) is the root."]
    if others:
        said.append(f"Other classes that could be the root: {', '.join(others[:8])}.")
    kept: dict[int, bool] = {}
    for qualified, known in names.classes.items():  # inner classes come after those around them
        lines = range(known.node.lineno, (known.node.end_lineno or known.node.lineno) + 1)
        kept |= dict.fromkeys(lines, qualified in builder.built)
    told = notes.told(lambda line: kept.get(line, True))
    return Incoming(lay_out(schema), chosen.name, (*said, *told))


def _choose(names: Names, classes: Mapping[str, ReadClass], root: str) -> tuple[ReadClass, list[str]]:
    """Return the class that becomes the root, and the names of others that nothing refers to."""
    known = {each.name: each for each in classes.values() if each.kind is not ClassKind.PLAIN}
    if root:
        chosen = classes.get(root) or known.get(root)
        if chosen is None or chosen.kind is ClassKind.PLAIN:
            raise ConversionError(
                f"There is no class {root} with a schema in this source.",
                advice=f"There are: {', '.join(known)}." if known else _ADVICE,
            )
        return chosen, []
    candidates = [each for each in known.values() if each.kind is not ClassKind.ENUM] or list(known.values())
    if not candidates:
        raise ConversionError("There is no class in this source that has a schema.", where="line 1", advice=_ADVICE)
    referred = set[str]()
    for each in classes.values():
        builder = _Builder(names, classes, Notes(), "")
        builder.schema(each)
        referred |= {wanted.qualified for wanted in builder.types.wanted} - {each.qualified}
        referred |= {base for base in each.bases if base != each.qualified}
    free = [each for each in candidates if each.qualified not in referred] or candidates
    return free[-1], [each.name for each in free[:-1]]


class _Builder:
    """Builds the schemas of classes. `built` holds the qualified names of those in the document."""

    def __init__(self, names: Names, classes: Mapping[str, ReadClass], notes: Notes, root: str) -> None:
        self.types = Types(names, classes, notes, root)
        self.built: set[str] = set()
        self._names = names
        self._classes = classes
        self._notes = notes
        self._constraints = ConstraintReader(names, notes)

    def document(self, root: ReadClass) -> dict[str, Any]:
        """Return the schema of a class with all that it refers to under `$defs`."""
        schema = {"title": root.name, **self.schema(root)}
        definitions: dict[str, Any] = {}
        self.built.add(root.qualified)
        for each in self.types.wanted:  # which grows on the way
            if each.qualified not in self.built:
                self.built.add(each.qualified)
                definitions[each.name] = self.schema(each)
        for qualified in list(self.built):
            self.built.update(self._classes[qualified].bases)
        return {**schema, "$defs": definitions} if definitions else schema

    def schema(self, known: ReadClass) -> dict[str, Any]:
        """Return the schema of a class."""
        said: dict[str, Any] = {}
        title = known.config.get("title")
        if isinstance(title, str):
            said["title"] = title
        if known.description:
            said["description"] = known.description
        if known.kind is ClassKind.ENUM:
            return {**said, **self._enum(known)}
        if known.kind is ClassKind.ROOT_MODEL:
            return {**(self.types.schema(known.root, known.qualified) if known.root is not None else {}), **said}
        if known.kind is ClassKind.NAMED_TUPLE:
            return {**said, **self._tuple(known)}
        extra = known.config.get("json_schema_extra")
        return {**said, **self._object(known), **(extra if isinstance(extra, dict) else {})}

    def _enum(self, known: ReadClass) -> dict[str, Any]:
        found, unread = members(self._names.classes[known.qualified], self._names)
        for statement in unread:
            self._notes.add(statement, "the value of this member is no literal and was left out.")
        if not found:
            self._notes.add(known.line, f"{known.name} has no members that could be read: any value is allowed.")
            return {}
        values = list({repr(value): value for value in found.values()}.values())
        return {**{key: said for key, said in one_of(values).items() if key == "type"}, "enum": values}

    def _object(self, known: ReadClass) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        for each in known.fields.values():
            key, schema, is_required = self._field(each, known)
            properties[key] = schema
            if is_required:
                required.append(key)
        written: dict[str, Any] = {"type": "object", "properties": properties}
        if required:
            written["required"] = required
        extra = _EXTRA.get(str(known.config.get("extra")))
        if known.kind is ClassKind.TYPED_DICT and known.config.get("closed") is True:
            extra = False
        return written if extra is None else {**written, "additionalProperties": extra}

    def _field(self, each: Field, known: ReadClass) -> tuple[str, dict[str, Any], bool]:
        """Return a field's key, its schema and whether it is required."""
        schema, said = self.types.annotated(each.annotation, each.scope)
        if each.default is not None:
            said.add(self._constraints.assigned(each.default, each.scope))
        if each.documented:
            said.aside.setdefault("description", each.documented)
        schema = self.types.with_said(schema, said, each.line)
        if said.default:
            schema = {**schema, "default": said.default[0]}
        key = said.alias or (_ALIASES[known.aliases](each.name) if known.aliases else each.name)
        if each.required is not None:
            return key, schema, self._is_required(each)
        return key, schema, not said.optional

    def _is_required(self, each: Field) -> bool:
        """Tell whether a key of a TypedDict is required: as it says itself, or as the class does."""
        annotation = each.annotation
        while isinstance(annotation, ast.Subscript):
            name = self._names.meaning(annotation.value)
            if name in {"Required", "NotRequired"}:
                return name == "Required"
            if name not in {"Annotated", "ReadOnly"}:
                break
            inner = annotation.slice
            annotation = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
        return bool(each.required)

    def _tuple(self, known: ReadClass) -> dict[str, Any]:
        items = [self._field(each, known) for each in known.fields.values()]
        required = sum(is_required for _, _, is_required in items)
        if not items:
            return {"type": "array", "minItems": 0, "maxItems": 0}
        schemas = [schema for _, schema, _ in items]
        return {"type": "array", "prefixItems": schemas, "minItems": required, "maxItems": len(items)}
