"""Properties and other entries: added, renamed, moved, copied, taken away, with what names or refers to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import EditRefused
from engine.schema.editing import Copy, Insert, Kind, Move, Remove, Rename, Set
from engine.schema.location import Location, locate
from engine.schema.pointer import escape, unescape
from engine.schema.refactoring.script import Refactoring, Script
from engine.schema.refactoring.uses import Redirect, follow, uses
from engine.schema.walk import NAMED, ONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.schema.editing import Syntax


def add_property(syntax: Syntax, holder: str, name: str = "property", index: int | None = None) -> Refactoring:
    """Add a string property to an object schema; required, where all that stand there are."""
    script = Script(syntax)
    schema = script.schema(holder)
    properties = f"{holder}/properties"
    if not script.has(properties):
        if schema.get("type") is None:
            script.keyword(holder, "type", "object")
        script.keyword(holder, "properties", {})
    name = script.free(properties, name)
    there = [member.key for member in script.node(properties).members()]
    required = script.value(f"{holder}/required", [])
    strict = isinstance(required, list) and bool(there) and set(there) <= {str(each) for each in required}
    script.do(Insert(properties, index, {"type": "string"}, name))
    if strict:
        _require(script, holder, name)
    return script.done(f"Add {name}", [f"{properties}/{escape(name)}"])


def add_entry(
    syntax: Syntax, holder: str, keyword: str, name: str | None = None, *, index: int | None = None
) -> Refactoring:
    """Add a subschema under a keyword that holds several: a branch of `anyOf`, an item of `prefixItems`, a definition.

    A keyword that holds one schema gets it. Raises EditRefused where that is there already.
    """
    script = Script(syntax)
    script.schema(holder)
    place = f"{holder}/{keyword}"
    if keyword in ONE and not (keyword == "items" and _is_list(script, place)):
        if script.has(place):
            raise EditRefused(f"There is a schema under {keyword} already.", where=place)
        script.keyword(holder, keyword, {"type": "string"})
        return script.done(f"Add {keyword}", [place])
    named = keyword in NAMED
    if not script.has(place):
        script.keyword(holder, keyword, {} if named else [])
    there = script.node(place)
    if named:
        name = script.free(place, name or {"patternProperties": "^.+$"}.get(keyword, "definition"))
        script.do(Insert(place, index, {"type": "string"}, name))
        return script.done(f"Add {name}", [f"{place}/{escape(name)}"])
    at = len(there.items()) if index is None else min(index, len(there.items()))
    script.do(Redirect({f"{place}/{each}": f"{place}/{each + 1}" for each in range(at, len(there.items()))}))
    script.do(Insert(place, at, {"type": "string"}))
    return script.done(f"Add to {keyword}", [f"{place}/{at}"])


def rename(syntax: Syntax, pointer: str, name: str) -> Refactoring:
    """Give a property, a definition or another named entry a new name, wherever it is named or referred to.

    Raises EditRefused where it has no name, or the new one is taken.
    """
    script = Script(syntax)
    if pointer.rpartition("/")[0].endswith("/dependentRequired") and script.syntax.find_member(pointer) is not None:
        script.do(Rename(pointer, name))
        return script.done(f"Rename to {name}", [f"{pointer.rpartition('/')[0]}/{escape(name)}"])
    location = _named(pointer)
    new = f"{pointer.rpartition('/')[0]}/{escape(name)}"
    if new != pointer:
        script.do(Redirect({pointer: new}))
        script.do(Rename(pointer, name))
        if location.is_property:
            for mention in list(_mentions(script, location)):
                in_list = script.syntax.find_member(mention) is None
                script.do(Set(mention, name) if in_list else Rename(mention, name))
    return script.done(f"Rename {location.name} to {name}", [new])


def remove(syntax: Syntax, pointers: Sequence[str]) -> Refactoring:
    """Take entries away, and their names out of `required`; references to them stay and are then broken.

    `referred_to` tells of those beforehand. Raises EditRefused for the root.
    """
    script = Script(syntax)
    going = _outermost(pointers)
    for index, pointer in enumerate(going):
        location = locate(pointer)
        moved = _displaced(script, pointer)
        script.do(Redirect(moved))
        script.do(Remove(pointer))
        going = [*going[: index + 1], *(follow(each, moved) for each in going[index + 1 :])]
        if location is not None and location.is_property:
            _forget(script, location)
    return script.done("Delete" if len(going) > 1 else f"Delete {_spoken(pointers[0])}")


def referred_to(syntax: Syntax, pointers: Sequence[str]) -> list[str]:
    """Return the references into these places from elsewhere: what would lead nowhere if they were taken away."""
    going = _outermost(pointers)
    return [
        use
        for pointer in going
        for use in uses(syntax, pointer, below=True)
        if not any(use == inside or use.startswith(inside + "/") for inside in going)
    ]


def duplicate(syntax: Syntax, pointers: Sequence[str]) -> Refactoring:
    """Put a copy of each entry behind it, under a free name; required where the first is."""
    script = Script(syntax)
    doubling = _outermost(pointers)
    select: list[str] = []
    for index in range(len(doubling)):
        pointer = doubling[index]
        location = locate(pointer)
        parent, _, token = pointer.rpartition("/")
        if not pointer or (location is not None and location.name is None):
            raise EditRefused("Only what stands in a list or under a name can be doubled.", where=pointer or "the root")
        place = _index(script, pointer) + 1
        if script.node(parent).kind is Kind.ARRAY:
            moved = {
                f"{parent}/{each}": f"{parent}/{each + 1}" for each in range(place, len(script.node(parent).items()))
            }
            script.do(Redirect(moved))
            script.do(Copy(pointer, parent, place))
            doubling = [follow(each, moved) for each in doubling]
            select = [*(follow(each, moved) for each in select), f"{parent}/{place}"]
            continue
        name = script.free(parent, unescape(token))
        script.do(Copy(pointer, parent, place, name))
        if location is not None and _is_required(script, location):
            _require(script, str(location.holder), name)
        select.append(f"{parent}/{escape(name)}")
    return script.done("Duplicate", select)


def move(syntax: Syntax, pointers: Sequence[str], parent: str, index: int | None = None) -> Refactoring:
    """Put entries into the object or array at `parent` (as in "/properties"), before the entry that is at `index` now.

    Without an index, at the end. References follow, and so does `required`; a name that is taken there gets a number.
    """
    script = Script(syntax)
    moving = _outermost(pointers)
    _make_room(script, parent, moving)
    anchor = None
    if index is not None:
        anchor = next((each for each in _entries(script, parent)[index:] if each not in moving), None)
    for turn in range(len(moving)):
        pointer = moving[turn]
        location = locate(pointer)
        required = location is not None and _is_required(script, location)
        place = None if anchor is None else _index(script, anchor)
        within = pointer.rpartition("/")[0] == parent
        if within and place is not None and _index(script, pointer) < place:
            place -= 1
        key = None
        if not within and script.node(parent).kind is Kind.OBJECT:
            key = script.free(parent, location.name if location is not None and location.name else "property")
        moved = _displaced(script, pointer, parent, place, key)
        script.do(Redirect(moved))
        script.do(Move(pointer, parent, place, key))
        if location is not None and location.is_property and not within:
            there = replace(location, holder=follow(str(location.holder), moved))
            _forget(script, there)
        moving = [follow(each, moved) for each in moving]
        anchor = None if anchor is None else follow(anchor, moved)
        parent = follow(parent, moved)
        arrived = locate(moving[turn])
        if required and not within and arrived is not None and arrived.is_property:
            _require(script, str(arrived.holder), str(arrived.name))
    return script.done("Move" if len(moving) > 1 else f"Move {_spoken(pointers[0])}", moving)


def _make_room(script: Script, parent: str, moving: Sequence[str]) -> None:
    """Give an object schema the `properties`, or another keyword for named schemas, that entries are to go into."""
    holder, _, keyword = parent.rpartition("/")
    if script.has(parent) or keyword not in NAMED or locate(holder) is None:
        return
    if any(parent == pointer or parent.startswith(pointer + "/") for pointer in moving):
        raise EditRefused("Nothing can be moved into itself.", where=moving[0])
    script.keyword(holder, keyword, {})


def set_required(syntax: Syntax, pointer: str, *, required: bool) -> Refactoring:
    """Let a property be required, or not; its name is put where the property stands among the others."""
    location = locate(pointer)
    script = Script(syntax)
    if location is None or not location.is_property or location.holder is None or location.name is None:
        raise EditRefused("Only a property can be required.", where=pointer or "the root")
    if required and not _is_required(script, location):
        _require(script, location.holder, location.name)
    elif not required:
        _forget(script, location, all_mentions=False)
    return script.done(f"{'Require' if required else 'Make optional:'} {location.name}", [pointer])


def set_all_required(syntax: Syntax, pointers: Sequence[str], *, required: bool) -> Refactoring:
    """Let several properties be required, or none of them."""
    script = Script(syntax)
    for pointer in pointers:
        script.run(set_required(script.syntax, pointer, required=required))
    words = _spoken(pointers[0]) if len(pointers) == 1 else f"{len(pointers)} properties"
    return script.done(f"Require {words}" if required else f"Make {words} optional", pointers)


def _is_list(script: Script, pointer: str) -> bool:
    node = script.syntax.find(pointer)
    return node is not None and node.kind is Kind.ARRAY


def _named(pointer: str) -> Location:
    location = locate(pointer)
    if location is not None and location.keyword in NAMED and location.name is not None:
        return location
    raise EditRefused("This has no name that could be changed.", where=pointer or "the root")


def _spoken(pointer: str) -> str:
    return unescape(pointer.rpartition("/")[2]) or "the root"


def _outermost(pointers: Sequence[str]) -> list[str]:
    """Return the pointers that lie in none of the others, each once."""
    chosen = dict.fromkeys(pointers)
    return [each for each in chosen if not any(each.startswith(other + "/") for other in chosen)]


def _entries(script: Script, parent: str) -> list[str]:
    node = script.node(parent)
    if node.kind is Kind.ARRAY:
        return [f"{parent}/{index}" for index in range(len(node.items()))]
    return [f"{parent}/{escape(member.key)}" for member in node.members()]


def _index(script: Script, pointer: str) -> int:
    entries = _entries(script, pointer.rpartition("/")[0])
    if pointer not in entries:
        raise EditRefused("There is nothing in the schema at this place.", where=pointer)
    return entries.index(pointer)


def _displaced(
    script: Script, pointer: str, parent: str | None = None, place: int | None = None, key: str | None = None
) -> dict[str, str]:
    """Return where everything will stand that a move, or a removal (no parent), puts elsewhere."""
    source = pointer.rpartition("/")[0]
    entries = _entries(script, source)
    in_array = script.node(source).kind is Kind.ARRAY
    if parent == source:
        if not in_array:
            return {}
        order = [each for each in entries if each != pointer]
        order.insert(len(order) if place is None else place, pointer)
        return {each: f"{source}/{index}" for index, each in enumerate(order) if each != f"{source}/{index}"}
    behind = entries[_index(script, pointer) + 1 :] if in_array else []
    moved = {each: f"{source}/{int(each.rpartition('/')[2]) - 1}" for each in behind}
    if parent is None:
        return moved
    into = follow(parent, moved)
    if key is not None:
        return {**moved, pointer: f"{into}/{escape(key)}"}
    there = _entries(script, parent)
    place = len(there) if place is None else place
    shifted = {each: f"{into}/{index}" for index, each in enumerate(there[place:], place + 1)}
    return {**moved, **shifted, pointer: f"{into}/{place}"}


def _is_required(script: Script, location: Location) -> bool:
    if not location.is_property:
        return False
    required = script.value(f"{location.holder}/required", [])
    return isinstance(required, list) and location.name in required


def _require(script: Script, holder: str, name: str) -> None:
    """Put a name into `required`, before those whose properties come later."""
    required = script.value(f"{holder}/required")
    if not isinstance(required, list):
        script.keyword(holder, "required", [name])
        return
    if name in required:
        return
    keys = [member.key for member in script.node(f"{holder}/properties").members()]
    later = set(keys[keys.index(name) + 1 :]) if name in keys else set()
    index = next((at for at, each in enumerate(required) if isinstance(each, str) and each in later), None)
    script.do(Insert(f"{holder}/required", index, name))


def _forget(script: Script, location: Location, *, all_mentions: bool = True) -> None:
    """Take the name of a property that is gone out of what names it beside; an empty `required` goes too."""
    for mention in reversed(list(_mentions(script, location))):
        if script.has(mention) and (all_mentions or mention.startswith(f"{location.holder}/required/")):
            script.do(Remove(mention))
    required = script.syntax.find(f"{location.holder}/required")
    if required is not None and required.kind is Kind.ARRAY and not required.items():
        script.do(Remove(f"{location.holder}/required"))


def _mentions(script: Script, location: Location) -> Iterator[str]:
    """Yield where a schema names a property beside `properties`: in `required`, and in what depends on it."""
    holder, name = str(location.holder), str(location.name)
    yield from _naming(script, f"{holder}/required", name)
    for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
        node = script.syntax.find(f"{holder}/{keyword}")
        for member in node.members() if node is not None else ():
            inside = f"{holder}/{keyword}/{escape(member.key)}"
            yield from _naming(script, inside, name)
            if member.key == name:
                yield inside


def _naming(script: Script, pointer: str, name: str) -> Iterator[str]:
    node = script.syntax.find(pointer)
    for index, item in enumerate(node.items() if node is not None else ()):
        if item.kind is Kind.STRING and item.value() == name:
            yield f"{pointer}/{index}"
