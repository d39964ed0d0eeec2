"""Types as they are written in Python, as schemas: what Pydantic's own `model_json_schema()` says of them."""

from __future__ import annotations

import ast
import copy
import json
from typing import TYPE_CHECKING, Any

from engine.errors import ConversionError
from engine.schema.interchange.python_classes import ClassKind
from engine.schema.interchange.python_constraints import ConstraintReader, Said, constrain
from engine.schema.interchange.python_guard import refuse_deep
from engine.schema.interchange.python_values import NotLiteral, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.schema.interchange.python_classes import ReadClass
    from engine.schema.interchange.python_names import Names, Notes

_DEEPEST = 40
_LONGEST_TEXT = 10_000

_NULL = {"type": "null"}


def _text(form: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "string", **({"format": form} if form else {}), **more}


_TYPES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Any object JsonValue Hashable Sized Type type", {}),
    ("str StrictStr ImportString AnyStr LiteralString complex", _text()),
    ("int StrictInt", {"type": "integer"}),
    ("float StrictFloat FiniteFloat", {"type": "number"}),
    ("bool StrictBool", {"type": "boolean"}),
    ("None NoneType", _NULL),
    ("bytes StrictBytes bytearray", _text("binary")),
    ("datetime AwareDatetime NaiveDatetime PastDatetime FutureDatetime", _text("date-time")),
    ("date PastDate FutureDate", _text("date")),
    ("time", _text("time")),
    ("timedelta", _text("duration")),
    ("UUID", _text("uuid")),
    *((f"UUID{version}", _text(f"uuid{version}")) for version in range(1, 9)),
    ("Decimal", {"anyOf": [{"type": "number"}, {"type": "string"}]}),
    ("Path PurePath PosixPath PurePosixPath PureWindowsPath WindowsPath NewPath", _text("path")),
    ("FilePath", _text("file-path")),
    ("DirectoryPath", _text("directory-path")),
    ("EmailStr", _text("email")),
    ("NameEmail", _text("name-email")),
    ("AnyUrl AnyHttpUrl FileUrl FtpUrl", _text("uri", minLength=1)),
    ("HttpUrl AnyWebsocketUrl WebsocketUrl", _text("uri", minLength=1, maxLength=2083)),
    ("IPv4Address", _text("ipv4")),
    ("IPv6Address", _text("ipv6")),
    *((name, _text(name.lower())) for name in ("IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface")),
    *((name, _text(name.lower())) for name in ("IPvAnyAddress", "IPvAnyInterface", "IPvAnyNetwork")),
    ("SecretStr SecretBytes", _text("password", writeOnly=True)),
    ("Pattern", _text("regex")),
    ("Base64Str Base64Bytes", _text("base64")),
    ("Base64UrlStr Base64UrlBytes", _text("base64url")),
    *(
        (f"{sign}{name}", {"type": kind, bound: 0})
        for name, kind in (("Int", "integer"), ("Float", "number"))
        for sign, bound in (
            ("Positive", "exclusiveMinimum"),
            ("Negative", "exclusiveMaximum"),
            ("NonNegative", "minimum"),
            ("NonPositive", "maximum"),
        )
    ),
)
_PLAIN = {name: schema for names, schema in _TYPES for name in names.split()}
_LISTS = frozenset(
    {"Collection", "Deque", "Iterable", "List", "MutableSequence", "Sequence", "deque", "list", "Tuple", "tuple"}
)
_SETS = frozenset({"AbstractSet", "FrozenSet", "MutableSet", "Set", "frozenset", "set"})
_MAPS = frozenset({"DefaultDict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "dict"})
_TUPLES = frozenset({"Tuple", "tuple"})
_TRANSPARENT = frozenset({"Final", "InitVar", "NotRequired", "ReadOnly", "Required", "Strict"})
_MADE = {
    "constr": "str", "conint": "int", "confloat": "float", "conbytes": "bytes", "condecimal": "Decimal",
    "condate": "date",
}  # fmt: skip
_MADE_OF = {"conlist": "list", "conset": "set", "confrozenset": "frozenset"}
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", list: "array"}


class Types:
    """Reads annotations. `wanted` holds the classes that were referred to, each once, in the order of that."""

    def __init__(self, names: Names, classes: Mapping[str, ReadClass], notes: Notes, root: str = "") -> None:
        self.wanted: list[ReadClass] = []
        self._targets: dict[str, ReadClass] = {}
        self._names = names
        self._classes = classes
        self._notes = notes
        self._root = root
        self._constraints = ConstraintReader(names, notes)
        self._following: list[ast.expr] = []

    def schema(self, expression: ast.expr, scope: str, depth: int = 0) -> dict[str, Any]:
        """Return the schema of a type; `scope` is the qualified name of the class in which it stands.

        What is not known is noted and allows any value. Raises ConversionError where it is nested too deeply.
        """
        schema, said = self.annotated(expression, scope, depth)
        return self.with_said(schema, said, expression)

    def annotated(self, expression: ast.expr, scope: str, depth: int = 0) -> tuple[dict[str, Any], Said]:
        """Return the schema of a type, and apart from it what the outermost `Annotated` says of it."""
        self._names.spend()
        if depth > _DEEPEST:
            raise ConversionError(
                f"A type is nested more than {_DEEPEST} levels deep.", where=f"line {getattr(expression, 'lineno', 1)}"
            )
        depth += 1
        if isinstance(expression, ast.Constant):
            return self._constant(expression, scope, depth)
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.BitOr):
            return self._union(_alternatives(expression), scope, depth), Said()
        if isinstance(expression, ast.Subscript):
            return self._subscript(expression, scope, depth)
        if isinstance(expression, ast.Call):
            return self._call(expression, scope, depth), Said()
        return self._named(expression, scope, depth)

    def with_said(self, schema: dict[str, Any], said: Said, node: ast.AST | int) -> dict[str, Any]:
        """Return a schema with what is said of it: bounds, a discriminator, a description."""
        if said.instead is not None:
            schema = said.instead
        schema, left = constrain(schema, said.bounds)
        for name in left:
            self._notes.add(node, f"{name} does not apply to this type and was left out.")
        if said.discriminator:
            schema = self._discriminated(schema, said.discriminator, node)
        return {**schema, **said.aside} if said.aside else schema

    def _constant(self, expression: ast.Constant, scope: str, depth: int) -> tuple[dict[str, Any], Said]:
        if expression.value is None:
            return dict(_NULL), Said()
        parsed = self._forward(expression)
        if parsed is None:
            return self._unknown(expression), Said()
        return self.annotated(parsed, scope, depth)

    def _forward(self, expression: ast.Constant) -> ast.expr | None:
        """Return the type that a text names, with the line of the text."""
        text = expression.value
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
            return None
        refuse_deep(text)
        try:
            parsed = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError):
            return None
        for node in ast.walk(parsed):
            if hasattr(node, "lineno"):
                node.lineno = expression.lineno
        return parsed

    def _named(self, expression: ast.expr, scope: str, depth: int) -> tuple[dict[str, Any], Said]:
        known = self._class(expression, scope)
        if known is not None:
            return self._reference(known, expression), Said()
        value = self._names.assignment(expression)
        if value is not None:
            if value in self._following:
                self._notes.add(expression, f"{ast.unparse(expression)} stands for itself here and was left open.")
                return {}, Said()
            self._following.append(value)
            try:
                return self.annotated(value, scope, depth)
            finally:
                self._following.pop()
        name = self._names.meaning(expression)
        if name == "Self" and scope in self._classes:
            return self._reference(self._classes[scope], expression), Said()
        return self._bare(name, expression), Said()

    def _bare(self, name: str, expression: ast.expr) -> dict[str, Any]:
        """Return the schema of a library's type that has no parameters."""
        if name in _PLAIN:
            return copy.deepcopy(_PLAIN[name])
        if name in _LISTS:
            return {"type": "array", "items": {}}
        if name in _SETS:
            return {"type": "array", "items": {}, "uniqueItems": True}
        if name in _MAPS:
            return {"type": "object", "additionalProperties": True}
        if name == "Counter":
            return {"type": "object", "additionalProperties": {"type": "integer"}}
        if name == "Json":
            return {"type": "string", "contentMediaType": "application/json", "contentSchema": {}}
        return self._unknown(expression)

    def _subscript(self, expression: ast.Subscript, scope: str, depth: int) -> tuple[dict[str, Any], Said]:
        known = self._class(expression.value, scope)
        if known is not None:
            self._notes.add(expression, f"the type parameters of {known.name} are not filled in.")
            return self._reference(known, expression), Said()
        name = self._names.meaning(expression.value)
        arguments = expression.slice.elts if isinstance(expression.slice, ast.Tuple) else [expression.slice]
        if name == "Annotated" and arguments:
            schema, said = self.annotated(arguments[0], scope, depth)
            for item in arguments[1:]:
                said.add(self._constraints.metadata(item, scope))
            return schema, said
        if name in _TRANSPARENT and len(arguments) == 1:
            return self.annotated(arguments[0], scope, depth)
        return self._generic(name, expression, arguments, scope, depth), Said()

    def _generic(
        self, name: str, expression: ast.Subscript, arguments: list[ast.expr], scope: str, depth: int
    ) -> dict[str, Any]:
        if name == "Literal":
            return self._literal(expression, arguments, scope)
        if name == "Optional":
            return self._union([*arguments, ast.Constant(value=None)], scope, depth)
        if name == "Union":
            return self._union(arguments, scope, depth)
        if name in _TUPLES and not (len(arguments) == 2 and _is_ellipsis(arguments[1])):
            return self._tuple(arguments, scope, depth)
        if (name in _LISTS or name in _SETS) and arguments:
            schema: dict[str, Any] = {"type": "array", "items": self.schema(arguments[0], scope, depth)}
            return {**schema, "uniqueItems": True} if name in _SETS else schema
        if name in _MAPS and len(arguments) == 2:
            return self._map(arguments[0], arguments[1], scope, depth)
        if name == "Json" and arguments:
            inner = self.schema(arguments[0], scope, depth)
            return {"type": "string", "contentMediaType": "application/json", "contentSchema": inner}
        return self._bare(name, expression)

    def _tuple(self, arguments: list[ast.expr], scope: str, depth: int) -> dict[str, Any]:
        if len(arguments) == 1 and isinstance(arguments[0], ast.Tuple) and not arguments[0].elts:
            arguments = []
        length = {"minItems": len(arguments), "maxItems": len(arguments)}
        if not arguments:
            return {"type": "array", **length}
        return {"type": "array", "prefixItems": [self.schema(each, scope, depth) for each in arguments], **length}

    def _map(self, key: ast.expr, value: ast.expr, scope: str, depth: int) -> dict[str, Any]:
        values = self.schema(value, scope, depth)
        keys = self.schema(key, scope, depth)
        if keys.get("type") == "string" or "enum" in keys or "const" in keys:
            keys = {keyword: said for keyword, said in keys.items() if keyword not in {"type", "title", "description"}}
        elif "$ref" not in keys:
            keys = {}
        if set(keys) == {"pattern"}:
            return {"type": "object", "patternProperties": {keys["pattern"]: values}}
        schema: dict[str, Any] = {"type": "object"}
        if keys:
            schema["propertyNames"] = keys
        return {**schema, "additionalProperties": values or True}

    def _union(self, members: Iterable[ast.expr], scope: str, depth: int) -> dict[str, Any]:
        """Return the union of types: flat, each once, null last."""
        found: dict[str, dict[str, Any]] = {}
        nullable = False
        for member in members:
            schema = self.schema(member, scope, depth)
            for each in schema["anyOf"] if set(schema) == {"anyOf"} else [schema]:
                if each == _NULL:
                    nullable = True
                else:
                    found.setdefault(json.dumps(each), each)
        branches = [*found.values(), *([dict(_NULL)] if nullable else [])]
        if len(branches) < 2:
            return branches[0] if branches else {}
        return {"anyOf": branches}

    def _literal(self, node: ast.AST, arguments: list[ast.expr], scope: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        pending = list(reversed(arguments))
        while pending:
            argument = pending.pop()
            self._names.spend()
            inner = self._names.assignment(argument) or argument
            if isinstance(inner, ast.Subscript) and self._names.meaning(inner.value) == "Literal":
                within = inner.slice.elts if isinstance(inner.slice, ast.Tuple) else [inner.slice]
                pending += reversed(within)
                continue
            try:
                value = literal(argument, self._names, scope)
            except NotLiteral:
                self._notes.add(node, f"{ast.unparse(argument)[:60]} is no literal and was left out.")
                continue
            values.setdefault(json.dumps(value), value)
        return one_of(list(values.values())) if values else {}

    def _call(self, call: ast.Call, scope: str, depth: int) -> dict[str, Any]:
        """Return the schema of a type that a function makes: `constr(…)`, `conlist(…)`, `NewType(…)`."""
        name = self._names.meaning(call.func)
        if name in _MADE:
            schema = copy.deepcopy(_PLAIN[_MADE[name]])
        elif name in _MADE_OF:
            inner = [*call.args, *(each.value for each in call.keywords if each.arg == "item_type")]
            items = self.schema(inner[0], scope, depth) if inner else {}
            schema = {"type": "array", "items": items, **({"uniqueItems": True} if name != "conlist" else {})}
            call = ast.Call(call.func, [], [each for each in call.keywords if each.arg != "item_type"])
        elif name in {"NewType", "TypeAliasType"} and len(call.args) == 2:
            return self.schema(call.args[1], scope, depth)
        elif name == "TypeVar":
            bound = next((each.value for each in call.keywords if each.arg == "bound"), None)
            self._notes.add(
                call, "a type variable was left open." if bound is None else "a type variable is its bound."
            )
            return {} if bound is None else self.schema(bound, scope, depth)
        else:
            return self._unknown(call)
        return self.with_said(schema, self._constraints.call(call, scope), call)

    def _discriminated(self, schema: dict[str, Any], key: str, node: ast.AST | int) -> dict[str, Any]:
        """Return a union of models as one that a key's value decides, as Pydantic and OpenAPI write it."""
        branches = [branch for branch in schema.get("anyOf", []) if branch != _NULL]
        mapping: dict[str, str] = {}
        for branch in branches:
            known = self._targets.get(branch.get("$ref", ""))
            field = known.fields.get(key) if known is not None else None
            if field is None:
                self._notes.add(node, f"not all alternatives have the discriminator {key}; it was left out.")
                return schema
            tag = self.schema(field.annotation, field.scope)
            mapping |= {
                str(value): branch["$ref"] for value in tag.get("enum", [tag.get("const")]) if value is not None
            }
        if not branches:
            return schema
        one = {"discriminator": {"mapping": mapping, "propertyName": key}, "oneOf": branches}
        return {"anyOf": [one, dict(_NULL)]} if len(branches) < len(schema["anyOf"]) else one

    def _class(self, expression: ast.expr, scope: str) -> ReadClass | None:
        local = self._names.local_class(expression, scope)
        if local is not None:
            return self._classes.get(local.qualified)
        return self._classes.get(expression.id) if isinstance(expression, ast.Name) else None

    def _reference(self, known: ReadClass, expression: ast.AST) -> dict[str, Any]:
        if known.kind is ClassKind.PLAIN:
            self._notes.add(
                expression, f"{known.name} is a plain class, of which nothing is known: any value is allowed."
            )
            return {}
        pointer = self._pointer(known)
        if pointer not in self._targets:
            self._targets[pointer] = known
            self.wanted.append(known)
        return {"$ref": pointer}

    def _pointer(self, known: ReadClass) -> str:
        return "#" if known.qualified == self._root else f"#/$defs/{known.name}"

    def _unknown(self, expression: ast.expr) -> dict[str, Any]:
        self._notes.add(expression, f"the type {ast.unparse(expression)[:60]} is not known here: any value is allowed.")
        return {}


def one_of(values: list[Any]) -> dict[str, Any]:
    """Return the schema of some literal values, with their type where they share one."""
    kinds = {_KINDS.get(type(value), "") for value in values}
    schema: dict[str, Any] = {"type": kinds.pop()} if len(kinds) == 1 and kinds != {""} else {}
    return {**schema, "const": values[0]} if len(values) == 1 else {**schema, "enum": values}


def _alternatives(expression: ast.BinOp) -> list[ast.expr]:
    """Return the members of `a | b | c`, which the parser nests to the left."""
    members: list[ast.expr] = []
    pending: list[ast.expr] = [expression]
    while pending:
        here = pending.pop()
        if isinstance(here, ast.BinOp) and isinstance(here.op, ast.BitOr):
            pending += [here.right, here.left]
        else:
            members.append(here)
    return members


def _is_ellipsis(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is Ellipsis
