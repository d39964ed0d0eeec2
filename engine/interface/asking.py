"""What a model is told so that it writes an interface: for a sentence, a change, one part, or what a form has sent.

A small model adapts what it is shown: an example or two of its own kind say more than a description of thirty
components, which would take thousands of tokens. So the system message is a line or two, the form of the answer is
told by examples, and of those that ship the one nearest to the sentence is shown (`precedents`). The schema sees to the
rest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.interface.aims import aimed, replying
from engine.interface.catalogue import ENTRY, ROOT
from engine.interface.demands import demanded
from engine.interface.places import holders, kind_at, nodes_below
from engine.interface.precedents import exchange, nearest
from engine.interface.profiles import answer_schema, part_schema, tree_schema
from engine.interface.wording import components_named, intent_of
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.interface.catalogue import Catalogue
    from engine.interface.sources import Source

Turn = tuple[Literal["user", "assistant"], str]

REPETITION: Final = 1.05
"""The penalty for tokens that were written before."""
MOST_TOKENS: Final = 900

_TREE: Final = (
    "You design screens. Answer with one screen as JSON: a tree of parts, with the words that the person asked for. "
    "Take the example for its form only."
)
_ANSWER: Final = (
    "You change screens. Answer with JSON: a patch that holds the parts which change, or where nearly all of it "
    "changes the whole screen."
)
_PART: Final = "You change screens. Answer with JSON: the one part that is asked for, written anew."
_LONGEST_WORDS: Final = 60


@dataclass(frozen=True)
class Means:
    """What a model may use: the components of a profile, and the data sources and pictures that are attached."""

    catalogue: Catalogue
    profile: Literal["core", "full"] = "core"
    sources: Sequence[Source] = ()
    images: Sequence[str] = ()


@dataclass(frozen=True)
class Brief:
    """What asks a model for an answer: a system message, the turns after it, and the schema that holds the answer.

    The messages tell the form of the answer; nothing is to be added about it. `repetition` and `max_tokens` are how
    small models come to an end.
    """

    system: str
    turns: tuple[Turn, ...]
    schema_text: str
    repetition: float = REPETITION
    max_tokens: int = MOST_TOKENS


def for_sentence(sentence: str, means: Means) -> Brief:
    """Return what asks for the screen that a sentence describes."""
    intent = intent_of(sentence)
    shown = nearest(sentence, asks=None if intent is None else intent == "asks")
    turns: list[Turn] = [("user", shown.sentence), ("assistant", written(shown.tree)), ("user", _told(sentence, means))]
    schema = tree_schema(means.catalogue, profile=means.profile, sources=means.sources, images=means.images)
    if means.profile == "core" and not means.sources:
        schema = demanded(schema, sentence)
    return _brief(_TREE, turns, schema)


def for_change(sentence: str, tree: Any, means: Means) -> Brief:
    """Return what asks for a screen as a sentence would have it: anew, or the changes that make it so."""
    schema = _answer_schema(tree, means)
    if means.profile == "core":
        schema = aimed(schema, sentence, tree)
    return _changing("change", f"Change: {sentence}", tree, means, schema)


def for_submit(sent: str, tree: Any, means: Means) -> Brief:
    """Return what asks for the screen that follows what a form has sent: the JSON text of `{"action", "values"}`."""
    schema = _answer_schema(tree, means)
    if means.profile == "core":
        schema = replying(schema)
    return _changing("submit", f"Sent: {sent}", tree, means, schema)


def for_part(sentence: str, tree: Any, path: str, means: Means) -> Brief:
    """Return what asks for one part of a screen anew, by its pointer; what stands around it is told in outline.

    It becomes one that may stand where it stands: the whole screen a screen, a tab a tab.
    """
    part = value_at(tree, path) if path else tree
    around = "\n".join(outline(tree, path))
    asked = f"Screen:\n{around}\n\nPart:\n{written(part)}\n\nChange: {sentence}"
    schema = part_schema(
        means.catalogue,
        profile=means.profile,
        sources=means.sources,
        images=means.images,
        among=_among(sentence, part, path, means),
    )
    return _brief(_PART, [*exchange("part"), ("user", _told(asked, means))], schema)


def outline(tree: Any, marked: str | None = None) -> list[str]:
    """Return a tree as one line a node, indented: its type and its words. The line of the node at `marked` says so."""
    lines: list[str] = []
    for pointer, node in nodes_below(tree):
        said = node if isinstance(node, dict) else {}
        words = next((said[key] for key in ("title", "label", "text", "name") if isinstance(said.get(key), str)), "")
        words = " ".join(words.split())
        cut = words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS - 1]}…"
        line = " ".join(filter(None, (kind_at(said), cut)))
        lines.append("  " * (pointer.count("/") // 2) + line + ("  <- this part" if pointer == marked else ""))
    return lines


def written(value: Any) -> str:
    """Return a value as JSON, spelled as the model has to write it."""
    return json.dumps(value, ensure_ascii=False)


def _answer_schema(tree: Any, means: Means) -> dict[str, Any]:
    return answer_schema(
        means.catalogue,
        profile=means.profile,
        sources=means.sources,
        images=means.images,
        pointers=[pointer for pointer, _ in nodes_below(tree)],
        holders=holders(tree, means.catalogue),
    )


def _changing(kind: Literal["change", "submit"], asked: str, tree: Any, means: Means, schema: dict[str, Any]) -> Brief:
    told = _told(f"Screen:\n{written(tree)}\n\n{asked}", means)
    return _brief(_ANSWER, [*exchange(kind), ("user", told)], schema)


def _brief(system: str, turns: Sequence[Turn], schema: dict[str, Any]) -> Brief:
    return Brief(system, tuple(turns), json.dumps(schema, ensure_ascii=False))


def _told(asked: str, means: Means) -> str:
    """Return what is asked, with the names of what is attached behind it."""
    lines = [
        f"Data source {source.name}: {', '.join(f'{column.name} ({column.kind})' for column in source.columns)}"
        for source in means.sources
    ]
    if means.images:
        lines.append(f"Pictures: {', '.join(means.images)}")
    return "\n\n".join([asked, "\n".join(lines)]) if lines else asked


def _among(sentence: str, part: Any, path: str, means: Means) -> frozenset[str] | None:
    """Return the types that a part may become; None where any that can stand among others will do.

    In the core profile a part stays what it is, unless the sentence names another component.
    """
    if not path:
        return frozenset({ROOT})
    if path.split("/")[-2] == "tabs":
        return frozenset({ENTRY})
    if means.profile == "core" and isinstance(part, dict) and means.catalogue.component(kind_at(part)) is not None:
        return frozenset(components_named(sentence)) or frozenset({kind_at(part)})
    return None
