"""HTML written piece by piece: every text and every attribute is escaped where it is written, and nowhere else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from engine.interface.export.markdown import blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.interface.export.markdown import Block, Span

_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link"})
_CONTROLS: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\N{REPLACEMENT CHARACTER}")
_SPANS: Final = {"strong": "strong", "emphasis": "em", "code": "code"}
_LISTS: Final = {"bullets": "ul", "numbers": "ol"}


def words(text: str) -> str:
    """Return a text as HTML: what is no character there becomes a sign."""
    return escape(clean(text), quote=False)


def clean(text: str) -> str:
    """Return a text without control characters and halves of characters."""
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")


def tag(name: str, /, *content: str, **attributes: str | float | bool | None) -> str:
    """Return an element. `content` is HTML; an attribute that is True stands alone, None and False are left out.

    A trailing underscore of an attribute's name is dropped, an inner one becomes a hyphen.
    """
    written = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        spelled = key.rstrip("_").replace("_", "-")
        written.append(f" {spelled}" if value is True else f' {spelled}="{escape(clean(str(value)), quote=True)}"')
    opened = f"<{name}{''.join(written)}>"
    return opened if name in _VOID else f"{opened}{''.join(content)}</{name}>"


def formatted(text: str, said: Callable[[str], str] = words) -> str:
    """Return Markdown as HTML; `said` writes the texts in it."""
    return "".join(_block(block, said) for block in blocks(text))


def _block(block: Block, said: Callable[[str], str]) -> str:
    lines = [_line(line, said) for line in block.lines]
    if block.kind == "heading":
        return tag(f"h{min(block.level + 1, 6)}", *lines)
    if block.kind in _LISTS:
        first = block.level if block.kind == "numbers" and block.level != 1 else None
        return tag(_LISTS[block.kind], *(tag("li", line) for line in lines), start=first)
    if block.kind == "quote":
        return tag("blockquote", tag("p", "<br>".join(lines)))
    if block.kind == "code":
        return tag("pre", tag("code", "\n".join(said(span.text) for line in block.lines for span in line)))
    if block.kind == "rule":
        return tag("hr")
    return tag("p", " ".join(lines)) if lines else ""


def _line(line: Iterable[Span], said: Callable[[str], str]) -> str:
    return "".join(_span(span, said) for span in line)


def _span(span: Span, said: Callable[[str], str]) -> str:
    if span.kind == "link":
        return tag("a", said(span.text), href=span.url, title=span.url, rel="noopener noreferrer", target="_blank")
    name = _SPANS.get(span.kind)
    return tag(name, said(span.text)) if name else said(span.text)
