"""References that lead nowhere, and definitions that nothing leads to."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from engine.schema.drafts import ASSERTIONS
from engine.schema.editing import Insert, Remove, Set
from engine.schema.pointer import to_pointer, unescape
from engine.schema.problems.found import Found, quoted, told
from engine.schema.problems.problem import Fix
from engine.schema.references import REFERENCES
from engine.schema.walk import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Spot, Subject

_DEFINITION = re.compile(r"#/(\$defs|definitions)/([^/]+)")
_LAST = re.compile(r"[^/#]*$")
_MOST_COMPARED = 300
_ALIKE = 0.7


def unresolved(subject: Subject) -> Iterator[Found]:
    """Yield the references that lead out of the schema, or to nothing in it."""
    references = subject.document.references
    for spot in subject.spots:
        for keyword in REFERENCES:
            reference = spot.schema.get(keyword)
            if not isinstance(reference, str) or not subject.document.says(keyword):
                continue
            if references.follow(spot.schema, keyword) is not None:
                continue
            outside = not reference.startswith("#")
            what = "leads out of this schema, and nothing is fetched" if outside else "leads to nothing in this schema"
            idle = not references.reaches(spot.schema)
            apart = references.is_embedded(spot.schema) or "$id" in spot.schema
            fixes = () if apart else tuple(_mended(subject, spot, keyword, reference))
            yield Found(
                "idle-ref" if idle else "unresolved-ref",
                f"{spot.pointer}/{keyword}",
                f"{told(reference, 80)} {what}{'; nothing leads here either' if idle else ''}.",
                fixes if keyword == "$ref" else (),
            )


def unused(subject: Subject) -> Iterator[Found]:
    """Yield the definitions that no reference leads to, on whatever way from the root."""
    root, references = subject.document.root, subject.document.references
    if not isinstance(root, dict) or not root.keys() & ASSERTIONS:
        return  # nothing but definitions: others refer to them
    referred = {
        id(references.follow(spot.schema, keyword))
        for spot in subject.spots
        for keyword in REFERENCES
        if keyword in spot.schema and not references.reaches(spot.schema)
    }
    within = set[int]()
    for spot in subject.spots:
        if spot.above is not None and id(spot.above.schema) in within:
            within.add(id(spot.schema))
        elif spot.keyword in DEFINITIONS and not any(map(references.reaches, _objects(spot.schema))):
            within.add(id(spot.schema))
            only = id(spot.schema) in referred
            name = quoted(unescape(spot.pointer.rpartition("/")[2]))
            sentence = f"Nothing refers to the definition {name}{' but what is not used itself' if only else ''}."
            yield Found("unused-definition", spot.pointer, sentence, (Fix("Remove it", (Remove(spot.pointer),)),))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a value: references may lead to such as are no subschemas where they stand."""
    pending = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            yield here
            pending += here.values()
        elif isinstance(here, list):
            pending += here


def _mended(subject: Subject, spot: Spot, keyword: str, reference: str) -> Iterator[Fix]:
    root = subject.document.root
    assert isinstance(root, dict), "what refers stands in an object"
    names = [
        (container, name)
        for container in ("$defs", "definitions")
        if isinstance(root.get(container), dict)
        for name in root[container]
    ][:_MOST_COMPARED]
    last = _LAST.search(reference)
    sought = unescape(unquote(last.group() if last else "")).removesuffix(".json")
    by_name = {name.lower(): (container, name) for container, name in names}
    near = [] if subject.is_late() else difflib.get_close_matches(sought.lower()[:60], by_name, n=1, cutoff=_ALIKE)
    at = f"{spot.pointer}/{keyword}"
    for each in near:
        target = quote(to_pointer(by_name[each]), safe="/!$&'()*+,;=:@?~")
        yield Fix(f"Refer to {quoted(by_name[each][1])}", (Set(at, f"#{target}"),))
    made = _DEFINITION.fullmatch(reference)
    if made is not None:
        container, name = made[1], unescape(unquote(made[2]))
        if container not in root:
            yield Fix(f"Define {quoted(name)}", (Insert("", None, {name: {}}, container),))
        elif isinstance(root[container], dict) and name not in root[container]:
            yield Fix(f"Define {quoted(name)}", (Insert(f"/{container}", None, {}, name),))
