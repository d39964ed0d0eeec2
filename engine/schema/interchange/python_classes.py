"""The classes of Python source as records: kind, fields, configuration, and what of them cannot be kept."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from engine.schema.interchange.python_values import ENUMS, NotLiteral, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.schema.interchange.python_names import LocalClass, Names, Notes


class ClassKind(Enum):
    """What a class is, as far as its instances have a schema."""

    MODEL = "a Pydantic model"
    ROOT_MODEL = "a Pydantic root model"
    DATACLASS = "a dataclass"
    TYPED_DICT = "a TypedDict"
    NAMED_TUPLE = "a NamedTuple"
    ENUM = "an enum"
    PLAIN = "a plain class"


@dataclass(frozen=True)
class Field:
    """One field as it is written. `scope` is the qualified name of the class in which it stands."""

    name: str
    annotation: ast.expr
    default: ast.expr | None
    line: int
    scope: str
    documented: str = ""
    required: bool | None = None


@dataclass(frozen=True)
class ReadClass:
    """A class with the fields that it has and inherits, in their order.

    `config` holds what `model_config`, `class Config` or the class statement say, as far as it is literal; `aliases` is
    the name of its alias generator; `root` is the type of a root model; `bases` are the qualified names of the classes
    that it inherits from.
    """

    name: str
    qualified: str
    kind: ClassKind
    line: int
    description: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    aliases: str = ""
    root: ast.expr | None = None
    total: bool = True
    bases: tuple[str, ...] = ()


_BASES = {
    "BaseModel": ClassKind.MODEL,
    "BaseSettings": ClassKind.MODEL,
    "RootModel": ClassKind.ROOT_MODEL,
    "TypedDict": ClassKind.TYPED_DICT,
    "NamedTuple": ClassKind.NAMED_TUPLE,
    **dict.fromkeys(ENUMS, ClassKind.ENUM),
}
_NOT_SAID = frozenset(
    {"field_validator", "model_validator", "root_validator", "validate_call", "validator", "computed_field"}
)
_CONFIGURATIONS = frozenset({"model_config", "__pydantic_config__"})
_SCHEMA_HOOKS = frozenset({"__get_pydantic_core_schema__", "__get_pydantic_json_schema__", "model_json_schema"})
_ALIAS_GENERATORS = frozenset({"to_camel", "to_pascal", "to_snake"})
_NO_FIELDS = frozenset({"ClassVar", "KW_ONLY"})


def read_classes(names: Names, notes: Notes) -> dict[str, ReadClass]:
    """Read all classes of a source by their qualified names, in the order in which they stand there."""
    found: dict[str, ReadClass] = {}
    for known in names.classes.values():
        found[known.qualified] = _Reader(names, notes, known, found).read()
    for name, value in names.assigned.items():
        made = _functional(name, value, names)
        if made is not None and name not in found:
            found[name] = made
    return found


@dataclass
class _Reader:
    names: Names
    notes: Notes
    known: LocalClass
    before: dict[str, ReadClass]

    def read(self) -> ReadClass:
        node = self.known.node
        parents = self._parents()
        kind = self._kind(parents)
        inherited: dict[str, Any] = {}
        fields: dict[str, Field] = {}
        aliases, root = "", None
        in_order = parents if kind is ClassKind.TYPED_DICT else parents[::-1]  # as Python gathers annotations
        for parent in in_order:
            self.names.spend(len(parent.fields) + len(parent.bases))
            fields.update(parent.fields)
            inherited.update(parent.config)
            aliases, root = parent.aliases or aliases, parent.root or root
        read = ReadClass(
            name=self.known.name,
            qualified=self.known.qualified,
            kind=kind,
            line=node.lineno,
            description=ast.get_docstring(node) or "",
            config=inherited,
            aliases=aliases,
            root=self._root_type() or root,
            total=not any(each.arg == "total" and _is_false(each.value) for each in node.keywords),
            bases=tuple(each for parent in parents for each in (parent.qualified, *parent.bases)),
        )
        if kind in {ClassKind.ENUM, ClassKind.PLAIN}:
            return read
        read = self._configured(read)
        for own in self._fields(kind, read):
            fields[own.name] = own
        if kind is ClassKind.ROOT_MODEL and "root" in fields:
            read = replace(read, root=fields["root"].annotation)
        self._tell_methods()
        return replace(read, fields=fields)

    def _parents(self) -> list[ReadClass]:
        """Return the classes of this source that this one is based on, and note bases that are unknown."""
        parents = []
        for base in self.known.node.bases:
            bare = base.value if isinstance(base, ast.Subscript) else base
            local = self.names.local_class(bare, self.known.qualified.rpartition(".")[0])
            if local is not None and local.qualified in self.before:
                parents.append(self.before[local.qualified])
                if isinstance(base, ast.Subscript):
                    self.notes.add(base, f"the type parameters of {local.name} are not filled in.")
            elif not self.names.meaning(bare):
                self.notes.add(
                    base, f"the base class {ast.unparse(bare)[:80]} is not in this source; its fields are missing."
                )
        return parents

    def _kind(self, parents: list[ReadClass]) -> ClassKind:
        bases = [base.value if isinstance(base, ast.Subscript) else base for base in self.known.node.bases]
        for name in (self.names.meaning(base) for base in bases):
            if name in _BASES:
                return _BASES[name]
        for parent in parents:
            if parent.kind is not ClassKind.PLAIN:
                return parent.kind
        if any(name == "dataclass" for name, _ in self._decorators()):
            return ClassKind.DATACLASS
        annotated = any(isinstance(statement, ast.AnnAssign) for statement in self.known.node.body)
        foreign = any(not self.names.meaning(base) and self.names.local_class(base) is None for base in bases)
        return ClassKind.MODEL if annotated and foreign else ClassKind.PLAIN

    def _decorators(self) -> Iterable[tuple[str, Sequence[ast.keyword | ast.expr]]]:
        for decorator in self.known.node.decorator_list:
            if isinstance(decorator, ast.Call):
                yield self.names.meaning(decorator.func), [*decorator.args, *decorator.keywords]
            else:
                yield self.names.meaning(decorator), []

    def _root_type(self) -> ast.expr | None:
        for base in self.known.node.bases:
            if isinstance(base, ast.Subscript) and self.names.meaning(base.value) == "RootModel":
                return base.slice
        return None

    def _configured(self, read: ReadClass) -> ReadClass:
        """Return a class with what it says of itself besides its fields."""
        settings: list[tuple[str, ast.expr]] = []
        for statement in self.known.node.body:
            target, value = _assigned(statement)
            if target in _CONFIGURATIONS and value is not None:
                settings += self._settings(value)
            elif isinstance(statement, ast.ClassDef) and statement.name == "Config":
                inner = [_assigned(each) for each in statement.body]
                settings += [(name, setting) for name, setting in inner if name and setting is not None]
        for name, arguments in self._decorators():
            for argument in arguments:
                if name == "with_config" and isinstance(argument, ast.expr):
                    settings += self._settings(argument)
                elif name == "with_config" and isinstance(argument, ast.keyword) and argument.arg:
                    settings.append((argument.arg, argument.value))
                elif name == "dataclass" and isinstance(argument, ast.keyword) and argument.arg == "config":
                    settings += self._settings(argument.value)
        settings += [(each.arg, each.value) for each in self.known.node.keywords if each.arg and each.arg != "total"]
        config, aliases = dict(read.config), read.aliases
        for name, value in settings:
            if name == "alias_generator":
                aliases = self._alias_generator(value)
                continue
            try:
                config[name] = literal(value, self.names, self.known.qualified)
            except NotLiteral:
                if name == "json_schema_extra":
                    self.notes.add(value, "json_schema_extra is no literal and was left out.")
        return replace(read, config=config, aliases=aliases)

    def _settings(self, value: ast.expr) -> list[tuple[str, ast.expr]]:
        if isinstance(value, ast.Call):
            return [(each.arg, each.value) for each in value.keywords if each.arg]
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            return [(str(key.value), each) for key, each in pairs if isinstance(key, ast.Constant)]
        return []

    def _alias_generator(self, value: ast.expr) -> str:
        name = self.names.meaning(value)
        if name in _ALIAS_GENERATORS:
            return name
        self.notes.add(value, "this alias generator is not known; the fields keep their names.")
        return ""

    def _fields(self, kind: ClassKind, read: ReadClass) -> Iterable[Field]:
        body = self.known.node.body
        documented = read.config.get("use_attribute_docstrings") is True
        for at, statement in enumerate(body):
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name = statement.target.id
            if name in _CONFIGURATIONS or (name.startswith("_") and kind in {ClassKind.MODEL, ClassKind.ROOT_MODEL}):
                continue
            outer = statement.annotation
            wrapper = self.names.meaning(outer.value if isinstance(outer, ast.Subscript) else outer)
            if wrapper in _NO_FIELDS or (
                wrapper == "Final" and statement.value is not None and kind is ClassKind.MODEL
            ):
                continue
            yield Field(
                name=name,
                annotation=statement.annotation,
                default=statement.value,
                line=statement.lineno,
                scope=self.known.qualified,
                documented=_text_after(body, at) if documented else "",
                required=read.total if kind is ClassKind.TYPED_DICT else None,
            )

    def _tell_methods(self) -> None:
        for statement in self.known.node.body:
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if statement.name in _SCHEMA_HOOKS:
                self.notes.add(statement, f"{statement.name} changes the schema by code, which was not run.")
            for decorator in statement.decorator_list:
                name = self.names.meaning(decorator.func if isinstance(decorator, ast.Call) else decorator)
                if name == "computed_field":
                    self.notes.add(statement, f"the computed field {statement.name} is no input and was left out.")
                elif name in _NOT_SAID:
                    self.notes.add(
                        statement, f"the validator {statement.name} checks by code, which a schema cannot say."
                    )


def _functional(name: str, value: ast.expr, names: Names) -> ReadClass | None:
    """Return the class that `X = TypedDict("X", {…})` makes, if this is what is assigned."""
    if not isinstance(value, ast.Call) or names.meaning(value.func) != "TypedDict" or len(value.args) != 2:
        return None
    keys = value.args[1]
    if not isinstance(keys, ast.Dict):
        return None
    total = not any(each.arg == "total" and _is_false(each.value) for each in value.keywords)
    fields = {
        key.value: Field(key.value, annotation, None, annotation.lineno, "", required=total)
        for key, annotation in zip(keys.keys, keys.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    return ReadClass(name, name, ClassKind.TYPED_DICT, value.lineno, fields=fields, total=total)


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return "", None
    return (target.id if isinstance(target, ast.Name) else "", statement.value)


def _text_after(body: list[ast.stmt], at: int) -> str:
    """Return the text that stands as a statement of its own after another, as documentation of it."""
    following = body[at + 1] if at + 1 < len(body) else None
    value = following.value if isinstance(following, ast.Expr) else None
    text = value.value if isinstance(value, ast.Constant) else None
    return inspect.cleandoc(text) if isinstance(text, str) else ""


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False
