"""Components that stand for others: a person's own catalogue can say what a new component looks like.

`x-template` of a component is a tree of components that are known. In its texts `{prop}` stands for a prop of the node;
a text that is nothing else takes the prop's value as it is. `{"type": "children"}` among children stands for those of
the node. Braces that name no prop are left for the values of inputs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from engine.errors import SchemaInvalid
from engine.interface.fitting import DEFAULT_LIMITS, Limits, sound
from engine.interface.nodes import SLOTS
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.interface.catalogue import Catalogue, Component

TEMPLATE: Final = "x-template"
CHILDREN: Final = "children"
"""The type that stands for the children of the node."""
_BRACES: Final = re.compile(r"\{\{|\}\}|\{([^{}]{1,100})\}")
_WITHIN: Final = frozenset({"root", "tab"})
"""Components that can stand only where a template has no place."""


def expanded(node: Any, catalogue: Catalogue, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return a tree in which each component that has a template is replaced by it, within templates too.

    Where that makes more nodes than may be shown, the rest is cut. A catalogue that was read holds no template that
    leads to itself, so this ends.
    """
    whole: list[Any] = [node]
    pending: list[tuple[list[Any], int]] = [(whole, 0)]
    count = 0
    while pending:
        held, index = pending.pop()
        here = held[index]
        count += 1
        if count > limits.nodes:
            held[index] = {"type": "cut", "reason": f"Cut here: a screen shows {limits.nodes:,} parts at most."}
            continue
        while (component := _templated(here, catalogue)) is not None:
            here = _filled(component, here, limits)
        if not isinstance(here, dict):
            continue
        held[index] = here = dict(here)
        for slot in reversed(SLOTS):
            if isinstance(here.get(slot), list):
                here[slot] = inner = list(here[slot])
                pending.extend((inner, each) for each in reversed(range(len(inner))))
    return whole[0]


def refuse_bad_templates(components: Mapping[str, Component], names: Mapping[str, str]) -> None:
    """Raise `SchemaInvalid` for a template that names what is not there, or that leads to itself.

    `names` are the names of the definitions by type.
    """
    leads: dict[str, set[str]] = {}
    for component in components.values():
        if TEMPLATE not in component.schema:
            continue
        where = f"/$defs/{escape(names[component.type])}/{TEMPLATE}"
        leads[component.type] = set()
        for pointer, kind in _types(component.schema[TEMPLATE], where):
            if kind not in components or kind in _WITHIN:
                raise SchemaInvalid(
                    f"A template cannot have “{kind}” in it." if kind else "A template is made of components.",
                    where=pointer,
                    advice='Use components of this catalogue, and {"type": "children"} for those of the node.',
                )
            leads[component.type].add(kind)
    for kind, onward in leads.items():
        reached, pending = set[str](), list(onward)
        while pending:
            here = pending.pop()
            if here not in reached:
                reached.add(here)
                pending.extend(leads.get(here, ()))
        if kind in reached:
            raise SchemaInvalid(
                f"The template of “{kind}” leads to itself, without end.",
                where=f"/$defs/{escape(names[kind])}/{TEMPLATE}",
                advice="Take the component out of its own template.",
            )


def _types(template: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield the type of each node of a template with its pointer; "" for what is no node."""
    pending: list[tuple[Any, str, str]] = [(template, where, "")]
    while pending:
        node, pointer, slot = pending.pop()
        kind = node.get("type") if isinstance(node, dict) else None
        if slot != "tabs" and not (slot == "children" and kind == CHILDREN):
            yield pointer, kind if isinstance(kind, str) else ""
        if isinstance(node, dict):
            for name in SLOTS:
                if isinstance(node.get(name), list):
                    pending += ((each, f"{pointer}/{name}/{index}", name) for index, each in enumerate(node[name]))


def _templated(node: Any, catalogue: Catalogue) -> Component | None:
    kind = node.get("type") if isinstance(node, dict) else None
    component = catalogue.component(kind) if isinstance(kind, str) else None
    return component if component is not None and TEMPLATE in component.schema else None


def _filled(component: Component, node: dict[str, Any], limits: Limits) -> Any:
    """Return the template of a component with the props and children of a node put in."""
    props = {
        prop.name: node.get(prop.name, None if prop.nullable else prop.default)
        for prop in component.props
        if prop.kind != "nodes"
    }
    children = node.get("children")

    def put(value: Any, *, is_slot: bool = False) -> Any:
        if isinstance(value, str):
            filled = _put_in(value, props)
            return sound(filled, limits) if isinstance(filled, str) else filled
        if isinstance(value, list):
            made = []
            for each in value:
                if is_slot and isinstance(each, dict) and each.get("type") == CHILDREN:
                    made += children if isinstance(children, list) else []
                else:
                    made.append(put(each))
            return made[: limits.nodes + 1]
        if isinstance(value, dict):
            return {
                key: inner if key == "type" else put(inner, is_slot=key == "children") for key, inner in value.items()
            }
        return value

    return put(component.schema[TEMPLATE])


def _put_in(text: str, props: Mapping[str, Any]) -> Any:
    only = _BRACES.fullmatch(text)
    if only is not None and only[1] in props:
        return props[only[1]]

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        if name is None or name not in props:
            return match[0]
        value = props[name]
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None or isinstance(value, dict | list) else str(value)

    return _BRACES.sub(replaced, text)
