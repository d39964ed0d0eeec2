"""Trees of every component, right and wrong, for hypothesis."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from engine.interface.catalogue import bundled

NAMES = ("name", "bed", "litres", "other")
TEXTS = st.sampled_from(
    ["", "Plan it", "{name} and {bed}", "{{literal}}", "a <b>c</b> & d", "é\n😀 \u202e", "x" * 70, "-12.5 kg", "{half"]
)
ODD = st.sampled_from([None, True, 0, -3.5, 1e308, "odd", [], [1], {}, {"a": [None]}, "x" * 300])
ACTIONS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["submit", "ask", "set", "toggle", "reset", "go", "copy", "open_url", "export", "fly"]),
        "target": st.sampled_from([None, *NAMES]),
        "value": st.one_of(st.none(), TEXTS),
    }
)


def values(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return right values of a prop, as far as its schema says plainly what they are."""
    if name == "name":
        return st.sampled_from(NAMES)
    if name == "source":
        return st.sampled_from(["beds", "nowhere"])
    if name == "action":
        return ACTIONS
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items", {})
        return st.lists(values("", items) if isinstance(items, dict) else TEXTS, max_size=4)
    if kind == "object":
        inner = schema.get("properties", {})
        return st.fixed_dictionaries({key: values("", each) for key, each in inner.items() if "$ref" not in each})
    by_type = {
        "boolean": st.booleans(),
        "integer": st.integers(0, 8),
        "number": st.one_of(st.integers(-2, 120), st.floats(-10, 10, allow_nan=False)),
    }
    return by_type.get(kind, TEXTS) if isinstance(kind, str) else st.one_of(TEXTS, st.none())


@st.composite
def nodes(draw: st.DrawFn, depth: int = 0, kind: str | None = None) -> dict[str, Any]:
    """Draw a node: mostly of a known type with right props, sometimes neither."""
    catalogue = bundled()
    kinds = [each for each in catalogue.components if each not in {"root", "tab"}]
    if kind is None:
        kind = draw(st.sampled_from([*kinds, "sparkline", ""]))
    component = catalogue.component(kind)
    node: dict[str, Any] = {} if kind == "tab" else {"type": kind}
    for prop in component.props if component else ():
        if prop.kind == "nodes":
            inner = "tab" if prop.name == "tabs" else None
            least, most = ((2, 5), (1, 3), (1, 2), (0, 0))[depth]
            node[prop.name] = draw(st.lists(nodes(depth + 1, inner), min_size=least, max_size=most))
        elif not draw(st.integers(0, 14)):
            node[prop.name] = draw(ODD)
        elif draw(st.integers(0, 14)):
            node[prop.name] = draw(
                st.none() if prop.nullable and draw(st.booleans()) else values(prop.name, prop.schema)
            )
    if component is None and depth < 3:
        node["children"] = draw(st.lists(nodes(depth + 1), max_size=2))
    if not draw(st.integers(0, 20)):
        node["unheard_of"] = draw(ODD)
    return node


def trees() -> st.SearchStrategy[dict[str, Any]]:
    """Return whole screens."""
    return nodes(0, "root")


def chunked(text: str, cuts: list[int]) -> list[str]:
    """Return the prefixes of a text that end at these places, and the whole."""
    return [text[: cut % (len(text) + 1)] for cut in sorted(each % (len(text) + 1) for each in cuts)] + [text]


def spelt(tree: Any) -> str:
    """Return a tree as its text."""
    return json.dumps(tree, ensure_ascii=False)
