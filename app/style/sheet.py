"""The stylesheet: one template, its tokens put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.resources import resource

if TYPE_CHECKING:
    from app.style.tokens import Tokens


def stylesheet(tokens: Tokens, images: dict[str, str]) -> str:
    """Return the stylesheet of a theme.

    `images` are the files for `$image.NAME`. Longer names are put in first: `$accent` is a beginning of
    `$accentSoft`.
    """
    values = {f"$image.{name}": path for name, path in images.items()}
    values |= {f"${name}": value for name, value in tokens.named().items()}
    text = resource("style", "espalier.qss").read_text("utf-8")
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(name, values[name])
    return text
