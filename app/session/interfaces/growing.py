"""What there is of an answer, at one moment of its stream or at any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.session.interfaces.answer import Form


@dataclass(frozen=True)
class Growing:
    """What is being written: a whole tree, a patch, or the part at `path`; `text` is what there is of it.

    `tree` is the whole screen as far as it goes, None before there is anything to show. A page shows a tree's own text
    and a part's where it stands, both of which grow; of a patch it shows the tree.
    """

    kind: Form
    path: str
    text: str
    message: int
    tree: Any


@dataclass(frozen=True)
class Prefixes:
    """What is needed to go through the stream of an answer: its text, and the tree that it changed."""

    kind: Form
    path: str
    text: str
    base: Any
