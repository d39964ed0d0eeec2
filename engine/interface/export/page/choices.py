"""What can follow a choice in a page without scripts: CSS sees which box is ticked, and shows what belongs to it.

Each value that an input can take has a condition, a piece of a selector that holds for the page while it has it. What
is shown only then gets a class of its own, and a rule that hides it otherwise; a browser that does not know the rule
shows everything. Of what is typed CSS sees only whether it is there; for the rest stands what held at first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.interface.state import holds, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.interface.export.outline import Outline

_MOST_VALUES: Final = 40


@dataclass
class Choices:
    """The inputs whose values CSS can see, and the rules made of them so far.

    `values` has the values of each name with the condition of each, `several` the options of those of which more than
    one can be ticked, `empty` the condition in which nothing is typed.
    """

    values: dict[str, list[tuple[Any, str]]] = field(default_factory=dict)
    several: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    empty: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def shown(self, name: str, op: str, value: Any) -> str | None:
        """Return the class of what is shown while a condition holds; None where CSS cannot see that."""
        if name in self.values:
            holding = [condition for actual, condition in self.values[name] if holds(op, actual, value)]
            return self._rule(holding)
        if name in self.empty and op in {"filled", "empty"}:
            return self._rule([self.empty[name] if op == "empty" else f":not({self.empty[name]})"])
        ticked = [condition for _, condition in self.several.get(name, ())]
        if ticked and op in {"filled", "empty"}:
            return self._rule(ticked if op == "filled" else [f":not({','.join(ticked)})"])
        if ticked and op == "contains":
            holding = [condition for option, condition in self.several[name] if holds("contains", [option], value)]
            return self._rule(holding)
        return None

    def spellings(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield what a text says of a value, for each value, with the class of what is shown while it has it."""
        said: dict[str, list[str]] = {}
        for value, condition in self.values.get(name, ()):
            said.setdefault(spelled(value), []).append(condition)
        for text, conditions in said.items():
            yield text, self._rule(conditions)

    def rules(self) -> str:
        """Return the rules as CSS."""
        return "".join(f"{selector} .{name}{{display:none!important}}\n" for selector, name in self.made.items())

    def _rule(self, holding: list[str]) -> str:
        selector = f"body:not({','.join(holding)})" if holding else "body"
        return self.made.setdefault(selector, f"w{len(self.made) + 1}")


def choices(found: Outline, ids: Mapping[str, str]) -> Choices:
    """Return what CSS can see of a screen. `ids` are those of the inputs by name; an option's ends in its number."""
    made = Choices()
    for name, node in found.inputs.items():
        own = ids[name]
        options = [option for option in node.get("options") or [] if isinstance(option, str)]
        if node["type"] == "toggle":
            made.values[name] = [(True, f":has(#{own}:checked)"), (False, f":not(:has(#{own}:checked))")]
        elif node["type"] == "choice" and node.get("display") == "checkboxes":
            made.several[name] = [(option, f":has(#{own}-{index}:checked)") for index, option in enumerate(options)]
        elif node["type"] == "field" and node.get("kind") not in {"date", "time"}:
            made.empty[name] = f":has(#{own}:placeholder-shown)"
        elif node["type"] == "field" and node.get("required"):
            made.empty[name] = f":has(#{own}:invalid)"
        elif node["type"] == "choice":
            ticked = [f":has(#{own}-{index}:checked)" for index in range(len(options))]
            made.values[name] = [*zip(options, ticked, strict=True), (None, f":not({','.join(ticked)})")]
    for name, wanted in free_values(found).items():
        own = ids[name]
        made.values[name] = [(value, f":has(#{own}-{index}:checked)") for index, value in enumerate(wanted)]
    return made


def free_values(found: Outline) -> dict[str, list[Any]]:
    """Return the values of names that belong to no input but that actions set: the first one first."""
    listed: dict[str, list[Any]] = {}
    for action in found.actions:
        name = str(action.get("target") or "")
        if action.get("kind") in {"set", "toggle"} and name and name not in found.inputs:
            values = listed.setdefault(name, [found.state.get(name)])
            wanted = [not values[0]] if action["kind"] == "toggle" else [action.get("value")]
            values.extend(value for value in wanted if not any(value is other or value == other for other in values))
    return {name: values for name, values in listed.items() if len(values) <= _MOST_VALUES}
