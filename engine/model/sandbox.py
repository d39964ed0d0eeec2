"""Templates that are programs from elsewhere: rendered without reach, within bounds of steps and of length.

Jinja's sandbox keeps a template from Python's objects, but lets it loop and double a text for ever. Here loops, calls
and joined texts are counted, and fields too wide to be meant are refused. What can still take long (lists of lists of
vast texts) costs the process it runs in, which is never the window's.
"""

from __future__ import annotations

import functools
import json
import math
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import Environment, TemplateError, TemplateSyntaxError, nodes
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_STEPS = 500_000
"""Turns of loops and calls that one rendering may take: some fifty for each message of the longest conversation."""
LONGEST_TEXT = 8_000_000
"""Characters that a text may have while it is rendered, and in the end."""
LONGEST_SECONDS = 5.0
"""What one rendering may take, looked at at every step; that of a good one takes a thousandth of it."""
_LONGEST_SOURCE = 1_000_000
_LARGEST_NUMBER_BITS = 4096
_WIDEST = 100_000
_WIDE = re.compile(r"\d{6}")
"""A number of `_WIDEST` or more, as patterns of `%` and `str.format` have it for a width or a precision."""
_FROM_OUTSIDE = re.compile(r"\*|\{[^{}]*\{")
"""A width that is given beside the pattern."""
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
        self._environment.until = time.monotonic() + LONGEST_SECONDS
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

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
        self.steps = 0
        self.until = math.inf
        self.filters |= {"tojson": _to_json}
        self.filters = {name: _bounded(name, filtering) for name, filtering in self.filters.items()}
        self.filters |= {_LOOP: self._counted, _JOIN: _checked}
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
        """Count calls, since a macro may call itself twice, and refuse those of which vast texts come."""
        self._step()
        called = args[0]
        text = getattr(called, "__self__", None)
        if isinstance(text, str):
            _check_arguments(called.__name__, text, *args[1:], **named)
        return super().call(context, *args, **named)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return `str.format` within Jinja's sandbox, and without fields of vast width."""
        made = super().wrap_str_format(value)
        if made is None:
            return None

        def written(*args: Any, **named: Any) -> str:
            _check_widths(value.__self__, *args, *named.values())
            return made(*args, **named)

        return written

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would be vast before it is computed."""
        sizes = [len(side) if isinstance(side, str | list | tuple) else None for side in (left, right)]
        numbers = [side for side in (left, right) if isinstance(side, int)]
        if operator == "%" and isinstance(left, str):
            _check_widths(left, right)
        elif operator == "+" and None not in sizes:
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
        if time.monotonic() > self.until:
            raise TemplateError(f"it takes longer than {LONGEST_SECONDS:g} seconds")
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


def _bounded(name: str, filtering: Callable[..., Any]) -> Callable[..., Any]:
    """Return one of Jinja's filters that refuses what a vast text would come of."""

    @functools.wraps(filtering)  # it keeps Jinja's marks of what a filter is given
    def bounded(*args: Any, **named: Any) -> Any:
        given = args[1:] if args and isinstance(args[0], Context | EvalContext | Environment) else args
        _check_arguments(name, *given, **named)
        made = filtering(*args, **named)
        if isinstance(made, str):
            _check_length(len(made))
        return made

    return bounded


def _check_arguments(name: str, text: Any, *args: Any, **named: Any) -> None:
    """Raise where a method of a text, or the filter of this name, would make a vast one of it."""
    given = [*args, *named.values()]
    for each in given:
        if isinstance(each, int):
            _check_length(each)
    if name in {"format", "format_map"}:
        _check_widths(str(text), *given)
    texts = [each for each in given if isinstance(each, str)]
    if name == "replace" and isinstance(text, str) and len(texts) >= 2:
        _check_length(len(text) + text.count(texts[0]) * len(texts[1]))
    elif name in {"join", "wordwrap"}:
        # As a filter it is given the items first, as a method the text between them. At worst there is one a sign.
        items = next((each for each in given if isinstance(each, list | tuple)), text)
        between = text if isinstance(text, str) and items is not text else max(texts, key=len, default="")
        if isinstance(items, str | list | tuple):
            _check_length(sum(len(each) for each in items if isinstance(each, str)) + len(items) * len(between))


def _check_widths(pattern: str, *given: Any) -> None:
    """Raise where a pattern, or a number that it is filled with, could be the width of a vast field."""
    if _WIDE.search(pattern):
        raise TemplateError("it writes a field that is too wide")
    if not _FROM_OUTSIDE.search(pattern):
        return
    waiting = list(given)
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
        elif (isinstance(each, int) and abs(each) >= _WIDEST) or (isinstance(each, str) and _WIDE.search(each)):
            raise TemplateError("it writes a field that is too wide")


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
