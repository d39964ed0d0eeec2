"""In which order the props of all components are written, so that no component contradicts another.

What may stand at one place of an answer has its keys in one order, whichever alternative it is (see
`engine.constraint.order`). So the orders of all components are merged into one that is as close to each as can be:
`children` of a card come after its title, though a row, which has no title, was named first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.interface.nodes import SLOTS

if TYPE_CHECKING:
    from engine.interface.catalogue import Catalogue


def key_order(catalogue: Catalogue) -> tuple[str, ...]:
    """Return `type` and every prop of a catalogue's components, in the order in which a model writes them.

    It keeps the order of every component, unless two of them contradict each other: then the first one counts.
    """
    before: dict[str, set[str]] = {}
    for component in catalogue.components.values():
        names = [prop.name for prop in component.props]
        for index, name in enumerate(names):
            before.setdefault(name, set()).update(names[:index])
    order = ["type"]
    while before:
        ready = [name for name, earlier in before.items() if not earlier]
        # Where there is none, the orders run in a circle: what holds nodes is put off while something else is left.
        chosen = min(ready or before, key=lambda name: (bool(not ready and name in SLOTS), len(before[name])))
        order.append(chosen)
        del before[chosen]
        for earlier in before.values():
            earlier.discard(chosen)
    return tuple(order)


def in_order(node: Any, catalogue: Catalogue) -> Any:
    """Return a tree with the keys of its nodes in the order in which a model writes them; unknown ones come last."""
    rank = {name: index for index, name in enumerate(key_order(catalogue))}
    whole: list[Any] = [node]
    pending: list[tuple[Any, Any]] = [(whole, 0)]
    while pending:
        holder, key = pending.pop()
        value = holder[key]
        if isinstance(value, list):
            holder[key] = items = list(value)
            pending.extend((items, index) for index in range(len(items)))
        elif isinstance(value, dict):
            holder[key] = sorted_ = {
                name: value[name] for name in sorted(value, key=lambda name: rank.get(name, len(rank)))
            }
            pending.extend((sorted_, name) for name in SLOTS if name in sorted_)
    return whole[0]
