"""Tooltips that show their text as it is."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """Return what makes Qt show `text` in a tooltip letter by letter; it would otherwise guess at HTML."""
    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""
