"""What the names in Python source stand for: its own classes and assignments, and those of the libraries it imports.

Only the syntax tree is looked at. Nothing of the source is imported, executed or evaluated.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST_WORK = 1_000_000
"""Expressions and fields that are read, counting each time that one is: a name can stand for many that do."""

_LIBRARIES = frozenset(
    {
        "", "annotated_types", "builtins", "collections", "collections.abc", "dataclasses", "datetime", "decimal",
        "enum", "ipaddress", "pathlib", "pydantic_settings", "re", "types", "typing", "typing_extensions", "uuid",
    }
)  # fmt: skip
"""Modules whose names are known; the empty one stands for names that are used without an import."""


@dataclass
class Notes:
    """Plain sentences on what could not be read, each with its line."""

    _said: dict[tuple[int, str], None] = field(default_factory=dict)

    def add(self, node: ast.AST | int, sentence: str) -> None:
        """Say something of a node, or of a line."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 0)
        self._said[line, sentence] = None

    def told(self, wanted: Callable[[int], bool], most: int = 40) -> list[str]:
        """Return the sentences on lines that are wanted, by line, and at most so many of them."""
        lines = [f"Line {line}: {sentence}" for line, sentence in sorted(self._said) if wanted(line)]
        return lines if len(lines) <= most else [*lines[:most], f"{len(lines) - most:,} more like these."]


@dataclass(frozen=True, eq=False)
class LocalClass:
    """A class statement. `name` is how it is called in a schema: its own name, or with those around it in front."""

    name: str
    qualified: str
    node: ast.ClassDef


class Names:
    """The names that a module defines and imports. `members` keeps those of its enums, once they are read."""

    def __init__(self, tree: ast.Module) -> None:
        self.classes: dict[str, LocalClass] = {}
        self.assigned: dict[str, ast.expr] = {}
        self.members: dict[str, tuple[dict[str, Any], list[ast.stmt]]] = {}
        self._imported: dict[str, str] = {}
        self._work = 0
        self._names: dict[str, str] = {}
        self._collect(tree)
        self.classes = dict(sorted(self.classes.items(), key=lambda each: each[1].node.lineno))

    def spend(self, steps: int = 1) -> None:
        """Count what is read. Raises ConversionError where it is too much."""
        self._work += steps
        if self._work > _MOST_WORK:
            raise ConversionError(
                f"Reading this source takes more than {_MOST_WORK:,} steps.", advice="Give a part of it."
            )

    def local_class(self, expression: ast.expr, scope: str = "") -> LocalClass | None:
        """Return the class of the source that an expression names within a class (a qualified name, or none)."""
        dotted = _dotted(expression)
        if dotted is None:
            return None
        return self.classes.get(f"{scope}.{dotted}") or self.classes.get(dotted)

    def assignment(self, expression: ast.expr) -> ast.expr | None:
        """Return what is assigned to the module's variable that an expression names, if it names one."""
        return self.assigned.get(expression.id) if isinstance(expression, ast.Name) else None

    def meaning(self, expression: ast.expr) -> str:
        """Return what an expression is called in the library that it comes from, or "" where that is not known.

        `typing.Optional`, `t.Optional` and `Optional` are all "Optional".
        """
        dotted = _dotted(expression)
        if dotted is None:
            return ""
        head, dot, rest = dotted.partition(".")
        module, _, name = (self._imported.get(head, head) + dot + rest).rpartition(".")
        return name if module in _LIBRARIES or module.split(".")[0] == "pydantic" else ""

    def _collect(self, tree: ast.Module) -> None:
        pending: list[tuple[Sequence[ast.stmt], str]] = [(tree.body, "")]
        while pending:
            body, scope = pending.pop()
            for statement in body:
                if isinstance(statement, ast.ClassDef):
                    qualified = f"{scope}.{statement.name}" if scope else statement.name
                    self.classes[qualified] = LocalClass(self._unused(statement.name, qualified), qualified, statement)
                    pending.append((statement.body, qualified))
                elif isinstance(statement, ast.If | ast.Try):
                    pending.append((statement.body, scope))
                    pending.append((statement.orelse, scope))
                    pending += [(each.body, scope) for each in getattr(statement, "handlers", ())]
                elif not scope:
                    self._note(statement)

    def _unused(self, name: str, qualified: str) -> str:
        """Return a class's own name, or its qualified one where another class has that."""
        taken = self._names.setdefault(name, qualified) != qualified
        return qualified.replace(".", "_") if taken else name

    def _note(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                self._imported[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            for alias in statement.names:
                self._imported[alias.asname or alias.name] = f"{module}.{alias.name}"
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    self.assigned[target.id] = statement.value
        elif isinstance(statement, ast.AnnAssign):
            if isinstance(statement.target, ast.Name) and statement.value is not None:
                self.assigned[statement.target.id] = statement.value
        elif type(statement).__name__ == "TypeAlias":  # `type X = …`, which Python 3.11 has no node for
            name, value = getattr(statement, "name", None), getattr(statement, "value", None)
            if isinstance(name, ast.Name) and isinstance(value, ast.expr):
                self.assigned[name.id] = value


def _dotted(expression: ast.expr) -> str | None:
    """Return a name or a chain of attributes as it is written."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return None
    return ".".join([expression.id, *reversed(parts)])
