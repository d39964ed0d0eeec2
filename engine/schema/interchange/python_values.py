"""Values that stand in Python source as literals: defaults, constraints, the members of enums."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.schema.interchange.python_names import LocalClass, Names

_DEEPEST = 40
_LARGEST = 10**18
_LONGEST = 100_000
_AUTOMATIC = frozenset({"auto"})
TEXT_ENUMS = frozenset({"StrEnum"})
FLAGS = frozenset({"Flag", "IntFlag"})
ENUMS = frozenset({"Enum", "IntEnum", "ReprEnum"}) | TEXT_ENUMS | FLAGS


class NotLiteral(Exception):
    """What stands there is no literal that JSON can say."""


def literal(expression: ast.expr, names: Names, scope: str = "", depth: int = 0) -> Any:
    """Return the JSON value of an expression: literals, and names of module constants and enum members.

    Raises NotLiteral where it is something else, which is never evaluated.
    """
    names.spend()
    if depth > _DEEPEST:
        raise NotLiteral
    if isinstance(expression, ast.Constant):
        return _constant(expression.value)
    if isinstance(expression, ast.List | ast.Tuple | ast.Set):
        return [literal(each, names, scope, depth + 1) for each in expression.elts]
    if isinstance(expression, ast.Dict):
        return {
            _key(key, names, scope, depth): literal(value, names, scope, depth + 1)
            for key, value in zip(expression.keys, expression.values, strict=True)
        }
    if isinstance(expression, ast.UnaryOp):
        return _signed(expression, literal(expression.operand, names, scope, depth + 1))
    if isinstance(expression, ast.BinOp):
        return _combined(
            expression.op,
            literal(expression.left, names, scope, depth + 1),
            literal(expression.right, names, scope, depth + 1),
        )
    if isinstance(expression, ast.Attribute):
        return _member(expression, names, scope, depth)
    constant = names.assignment(expression)
    if constant is None:
        raise NotLiteral
    return literal(constant, names, scope, depth + 1)


def members(known: LocalClass, names: Names) -> tuple[dict[str, Any], list[ast.stmt]]:
    """Return the members of an enum with their values, and the statements whose values are no literals."""
    if known.qualified in names.members:
        return names.members[known.qualified]
    bases = {names.meaning(base) for base in known.node.bases}
    found: dict[str, Any] = {}
    unread: list[ast.stmt] = []
    names.members[known.qualified] = found, unread  # a member may name one before it
    for statement in known.node.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        else:
            continue
        if not isinstance(target, ast.Name) or target.id.startswith("_"):
            continue
        if isinstance(value, ast.Call) and names.meaning(value.func) in _AUTOMATIC:
            found[target.id] = _automatic(target.id, bases, list(found.values()))
            continue
        try:
            found[target.id] = literal(value, names)
        except NotLiteral:
            unread.append(statement)
    return found, unread


def _automatic(name: str, bases: set[str], before: list[Any]) -> Any:
    """Return what `auto()` gives a member after others (the documentation of `enum`)."""
    if bases & TEXT_ENUMS:
        return name.lower()
    numbers = [value for value in before if isinstance(value, int)]
    highest = max(numbers, default=0)
    following = 1 << highest.bit_length() if bases & FLAGS else highest + 1
    return str(following) if "str" in bases else following


def _member(expression: ast.Attribute, names: Names, scope: str, depth: int) -> Any:
    """Return the value of an enum's member, also where it is asked for with `.value`."""
    if expression.attr == "value" and isinstance(expression.value, ast.Attribute):
        return _member(expression.value, names, scope, depth + 1)
    known = names.local_class(expression.value, scope)
    if known is None or depth > _DEEPEST or not any(names.meaning(base) in ENUMS for base in known.node.bases):
        raise NotLiteral
    found, _ = members(known, names)
    if expression.attr not in found:
        raise NotLiteral
    return found[expression.attr]


def _constant(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise NotLiteral
    if isinstance(value, int) and abs(value) > _LARGEST**16:  # beyond what any double holds
        raise NotLiteral
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise NotLiteral


def _key(key: ast.expr | None, names: Names, scope: str, depth: int) -> str:
    found = None if key is None else literal(key, names, scope, depth + 1)
    if not isinstance(found, str):
        raise NotLiteral
    return found


def _signed(expression: ast.UnaryOp, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotLiteral
    if isinstance(expression.op, ast.USub):
        return -value
    if isinstance(expression.op, ast.UAdd):
        return value
    raise NotLiteral


def _combined(operator: ast.operator, left: Any, right: Any) -> Any:
    """Join texts and reckon with small numbers, as in `60 * 60`."""
    if isinstance(left, str) and isinstance(right, str) and isinstance(operator, ast.Add):
        if len(left) + len(right) > _LONGEST:
            raise NotLiteral
        return left + right
    for value in (left, right):
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST:
            raise NotLiteral
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    if isinstance(operator, ast.Mult):
        return left * right
    raise NotLiteral
