"""The parts that an exported screen takes over, cut out of the module that has them all.

What is used is found by name, and what that uses in turn; of `Screen` only the methods that are called come along.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from typing import Final

from engine.resources import resource

_METHOD = re.compile(r"\bself\.([a-z_]\w*)")
_TRIMMED: Final = "Screen"
_WIDTH: Final = 110
_WIDGETS: Final = ("QComboBox", "QLineEdit", "QPlainTextEdit", "QSplitter", "QTabWidget", "QTreeWidget")
"""What screens use of Qt and none of the parts does."""


@dataclass(frozen=True)
class _Piece:
    """A definition: its source, and the sources of its methods if they can be left out one by one."""

    source: str
    methods: dict[str, str]


def known_names() -> set[str]:
    """Return the names that an exported screen may take over or import: none of its own may be one of them."""
    pieces, imports = _module()
    return pieces.keys() | imports.keys()


def taken_over(source: str) -> tuple[str, str]:
    """Return the imports that a source and its parts need, and the parts, both as source."""
    pieces, imports = _module()
    methods = _methods(source, pieces[_TRIMMED].methods)
    used: dict[str, str] = {}
    waiting = [source]
    while waiting:
        for name in _names(waiting.pop()) & pieces.keys() - used.keys():
            piece = pieces[name]
            kept = [text for method, text in piece.methods.items() if method in methods]
            used[name] = "\n\n".join([piece.source, *kept])
            waiting.append(used[name])
    parts = "\n\n\n".join(used[name] for name in pieces if name in used)
    return _imports(imports, _names(source) | _names(parts)), parts


@cache
def _module() -> tuple[dict[str, _Piece], dict[str, str]]:
    """Return the definitions by name in their order, and for each name that is imported the module that has it."""
    text = resource("interface", "pyside_parts.py").read_text("utf-8")
    lines = text.splitlines()
    pieces: dict[str, _Piece] = {}
    imports = dict.fromkeys(_WIDGETS, "PySide6.QtWidgets")
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            imports.update({alias.name: "" for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            imports.update({alias.name: node.module or "" for alias in node.names})
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            pieces[node.targets[0].id] = _Piece(_cut(lines, node), {})
        elif isinstance(node, ast.ClassDef) and node.name == _TRIMMED:
            inner = [member for member in node.body if isinstance(member, ast.FunctionDef)]
            head = "\n".join(lines[node.lineno - 1 : inner[0].lineno - 1]).rstrip()
            pieces[node.name] = _Piece(head, {member.name: _cut(lines, member) for member in inner})
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            pieces[node.name] = _Piece(_cut(lines, node), {})
    return pieces, imports


def _methods(source: str, methods: dict[str, str]) -> set[str]:
    used = {"__init__"}
    waiting = [source]
    while waiting:
        for name in set(_METHOD.findall(waiting.pop())) & methods.keys() - used:
            used.add(name)
            waiting.append(methods[name])
    return used


def _imports(imports: dict[str, str], names: set[str]) -> str:
    lines = [f"import {name}" for name in sorted(imports) if name in names and not imports[name]]
    modules = sorted({module for name, module in imports.items() if name in names and module}, key=_order)
    for place, module in enumerate(modules):
        if _order(module)[0] and not (place and _order(modules[place - 1])[0]):
            lines.append("")
        found = sorted(name for name, where in imports.items() if where == module and name in names)
        line = f"from {module} import {', '.join(found)}"
        lines += (
            [line] if len(line) <= _WIDTH else [f"from {module} import (", *(f"    {name}," for name in found), ")"]
        )
    return "\n".join(lines)


def _order(module: str) -> tuple[bool, str]:
    return module.startswith("PySide6"), module


def _names(source: str) -> set[str]:
    """Return the names that a source uses; what its texts say is none."""
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(node, ast.Name):
            found.add(node.id)
    return found


def _cut(lines: list[str], node: ast.stmt) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])
