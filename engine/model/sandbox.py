"""Templates that are programs from elsewhere: rendered without reach, within bounds of steps and of length.

Jinja's sandbox keeps a template from Python's objects, but lets it loop and double a text for ever. Here loops, calls
and joined texts are counted. What can still take long (a filter over a vast text) costs the process it runs in, which
is never the window's.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2.runtime import Context

MOST_STEPS = 500_000
"""Turns of loops and calls that one rendering may take: some fifty for each message of the longest conversation."""
LONGEST_TEXT = 8_000_000
"""Characters that a text may have while it is rendered, and in the end."""
_LONGEST_SOURCE = 1_000_000
_LARGEST_NUMBER_BITS = 4096
_FILE = "<template>"
"""What Jinja calls a template without a file in tracebacks."""


class TemplateFault(Exception):
    """A template that cannot be read or rendered: why, as the end of a sentence, and the line where that is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Program:
    """A template, compiled. Belongs to one OS thread."""

    def __init__(self, source: str) -> None:
        """Compile it; raises `TemplateFault` with the line where it is no template."""
        if len(source) > _LONGEST_SOURCE:
            raise TemplateFault(f"it has more than {_LONGEST_SOURCE:,} characters")
        self._environment = _Bounded()
        try:
            tree = _Counting().visit(self._environment.parse(source))
            self._template = self._environment.from_string(tree)
        except TemplateSyntaxError as error:
            raise TemplateFault(_sentence(error.message or "it is no template"), error.lineno) from None
        except Exception as error:  # noqa: BLE001  # nested too deeply, for one
            raise TemplateFault(_sentence(str(error) or type(error).__name__)) from None

    def render(self, **given: object) -> str:
        """Return the text that comes of it; raises `TemplateFault`, also where the template itself refuses."""
        self._environment.steps = 0
        pieces, length = [], 0
        try:
            for piece in self._template.generate(given):
                pieces.append(piece)
                length += len(piece)
                _check_length(length)
        except Exception as error:  # noqa: BLE001  # a template can raise anything that Python can
            raise TemplateFault(_sentence(str(error) or type(error).__name__), _line(error)) from None
        return "".join(pieces)


class _Bounded(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with what chat templates expect, and with a count of steps."""

    intercepted_binops = frozenset({"*", "**", "+"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
        self.steps = 0
        self.filters |= {"tojson": _to_json, _LOOP: self._counted, _JOIN: _checked}
        self.globals["raise_exception"] = _refuse
        self.globals["strftime_now"] = datetime.now().strftime
        del self.globals["lipsum"]

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """Join what a macro or a block has written."""
        known = list(pieces)
        _check_length(sum(map(len, known)))
        return "".join(known)

    def call(self, context: Context, /, *args: Any, **named: Any) -> Any:
        """Count calls, since a macro may call itself twice."""
        self._step()
        return super().call(context, *args, **named)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would be vast before it is computed."""
        sizes = [len(side) if isinstance(side, str | list | tuple) else None for side in (left, right)]
        numbers = [side for side in (left, right) if isinstance(side, int)]
        if operator == "+" and None not in sizes:
            _check_length(sum(size or 0 for size in sizes))
        elif operator == "*" and numbers and sizes != [None, None]:
            _check_length(max(size or 0 for size in sizes) * max(numbers[0], 0))
        elif len(numbers) == 2:
            bits = left.bit_length() * abs(right) if operator == "**" else left.bit_length() + right.bit_length()
            if bits > _LARGEST_NUMBER_BITS:
                raise TemplateError("a number becomes too large")
        return super().call_binop(context, operator, left, right)

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._step()
            yield item

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TemplateError(f"it goes on for more than {MOST_STEPS:,} steps")


_LOOP, _JOIN = "_counted", "_checked"


class _Counting(NodeTransformer):
    """Puts what counts around loops and joined texts."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  # Jinja's name
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, _LOOP, [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(node, _JOIN, [], [], None, None, lineno=node.lineno)


def _checked(text: str) -> str:
    _check_length(len(text))
    return text


def _check_length(length: int) -> None:
    if length > LONGEST_TEXT:
        raise TemplateError(f"its text becomes longer than {LONGEST_TEXT:,} characters")


def _to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None, **_: Any) -> str:
    """Write JSON as chat templates mean it: Jinja's own filter escapes signs for HTML."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _line(error: BaseException) -> int | None:
    """Return the template's line that an error came from; Jinja writes it into the traceback."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == _FILE:
            line = step.tb_lineno
        step = step.tb_next
    return line


def _sentence(reason: str) -> str:
    return " ".join(reason.split()).rstrip(".")[:500]
