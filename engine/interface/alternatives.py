"""The alternatives of a component that a mask can hold to: by the value of a prop, by a data source, by a length.

What a component says across its props (`anyOf` beside `properties`, `x-sourced`, `x-same-length`) is written as
alternatives that differ in plain keywords, so that nothing is left to be checked on the finished values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.interface.sources import Source

Schema = dict[str, Any]

_LONGEST: Final = 24
"""Items up to which lengths become alternatives; arrays that may be longer are not told apart."""
_DATA: Final = frozenset({"const", "default", "enum", "examples"})


def overlaid(schema: Any, keyword: str) -> Any:
    """Return a schema with each object under `keyword` merged over the schema that it stands in (RFC 7396).

    Where it is false, the schema is left out of what holds it. The keyword itself is gone from the result.
    """
    if isinstance(schema, list):
        return [overlaid(each, keyword) for each in schema if not _left_out(each, keyword)]
    if not isinstance(schema, dict):
        return schema
    over = schema.get(keyword)
    merged = {key: value for key, value in schema.items() if key != keyword}
    if isinstance(over, dict):
        merged = merge_patch(merged, over)
    gone = {key for key, value in merged.items() if _left_out(value, keyword)}
    merged = {key: overlaid(value, keyword) for key, value in merged.items() if key not in gone}
    properties, required = merged.get("properties"), merged.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        merged["required"] = [name for name in required if name in properties]
    return merged


def merge_patch(target: Any, patch: Any) -> Any:
    """Return a schema with a merge patch applied: null takes a keyword away (RFC 7396).

    Values that a schema names (`const` and the like) are put in as they are, null included.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif key in _DATA:
            merged[key] = value
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def by_value(schema: Schema) -> list[Schema]:
    """Return the alternatives of an object whose `anyOf` says more about its `properties`; else the object itself."""
    branches = schema.get("anyOf")
    if not isinstance(branches, list) or not isinstance(schema.get("properties"), dict):
        return [schema]
    if not all(isinstance(each, dict) and _says_only_properties(each) for each in branches):
        return [schema]
    base = {key: value for key, value in schema.items() if key != "anyOf"}
    return [{**base, "properties": merge_all(base["properties"], branch.get("properties", {}))} for branch in branches]


def merge_all(properties: Schema, more: Schema) -> Schema:
    """Return properties with what a branch says of some of them put over what was said."""
    return {
        name: {**_of_type(schema, more[name]), **more[name]} if name in more and isinstance(schema, dict) else schema
        for name, schema in properties.items()
    }


def by_length(schema: Schema) -> list[Schema]:
    """Return the alternatives of an object in which two arrays have the same length, one for each length."""
    pair = schema.get("x-same-length")
    if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(path, str) for path in pair)):
        return [schema]
    first, second = (path.split("/") for path in pair)
    array = _array_at(schema, first)
    if array is None or _array_at(schema, second) is None:
        return [schema]
    least, most = array.get("minItems", 0), array.get("maxItems", _LONGEST + 1)
    if not 0 <= least <= most <= _LONGEST:
        return [schema]
    return [_with_length(_with_length(schema, first, length), second, length) for length in range(least, most + 1)]


def by_source(schema: Schema, sources: Sequence[Source]) -> list[Schema]:
    """Return the alternatives of an object by its prop `source`: one for each source, and one without where allowed.

    An object without that prop is returned as it is. With a source, `x-sourced` is merged over what it stands in, and
    what `x-names` says names its columns.
    """
    properties = schema.get("properties")
    source = properties.get("source") if isinstance(properties, dict) else None
    if not isinstance(properties, dict) or not isinstance(source, dict):
        return [schema]
    bare = {**schema, "properties": {**properties, "source": {"type": "null"}}}
    if not sources:
        return [bare] if _takes_null(source) else []
    without = [bare] if _takes_null(source) and source.get("x-needed") is not True else []
    sourced = overlaid({key: value for key, value in schema.items() if key != "x-same-length"}, "x-sourced")
    return [*(_from_source(sourced, each) for each in sources), *without]


def _from_source(schema: Schema, source: Source) -> Schema:
    named = _naming(schema, source)
    assert isinstance(named, dict)
    return {**named, "properties": {**named["properties"], "source": {"const": source.name}}}


def _naming(schema: Any, source: Source) -> Any:
    """Return a schema in which what names a column can name those of a source only."""
    if isinstance(schema, list):
        return [_naming(each, source) for each in schema]
    if not isinstance(schema, dict):
        return schema
    names = schema.get("x-names")
    if names in {"column", "numbers"}:
        columns = [column.name for column in source.columns if names == "column" or column.kind == "number"]
        return {"enum": columns or [column.name for column in source.columns]}
    if schema.get("type") == "array" and _names_column(schema):
        schema = {**schema, "maxItems": min(schema.get("maxItems", len(source.columns)), len(source.columns))}
    properties = schema.get("properties")
    if isinstance(properties, dict):
        kinds = {name: value for name, value in properties.items() if _is_kind(value)}
        if kinds:
            return {"anyOf": list(_by_kind(schema, kinds, source))}
    return {key: _naming(value, source) for key, value in schema.items()}


def _by_kind(schema: Schema, kinds: dict[str, Any], source: Source) -> Iterator[Schema]:
    """Yield an alternative for each kind of column: the columns of that kind, and what their cells can be."""
    for kind in dict.fromkeys(column.kind for column in source.columns):
        columns = [column.name for column in source.columns if column.kind == kind]
        properties = dict(schema["properties"])
        for name, value in kinds.items():
            choices = [choice for choice in value.get("enum", ()) if choice in {kind, "badge"}]
            properties[name] = {"enum": choices or ["text"]}
            properties[value["x-kind-of"]] = {"enum": columns}
        yield {**schema, "properties": properties}


def _is_kind(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("x-kind-of"), str)


def _names_column(array: Schema) -> bool:
    items = array.get("items")
    if not isinstance(items, dict):
        return False
    properties = items.get("properties")
    inner = list(properties.values()) if isinstance(properties, dict) else []
    return any(isinstance(each, dict) and each.get("x-names") == "column" for each in (items, *inner))


def _takes_null(schema: Schema) -> bool:
    branches = schema.get("anyOf")
    kinds = schema.get("type")
    return (isinstance(branches, list) and {"type": "null"} in branches) or "null" in (
        kinds if isinstance(kinds, list) else [kinds]
    )


def _array_at(schema: Schema, path: list[str]) -> Schema | None:
    """Return the array that a path of property names leads to; `*` stands for the items of an array."""
    here: Any = schema
    for step in path:
        here = here.get("items") if step == "*" else here.get("properties", {}).get(step)
        if not isinstance(here, dict):
            return None
    return here if isinstance(here, dict) and here.get("type") == "array" else None


def _with_length(schema: Schema, path: list[str], length: int) -> Schema:
    if not path:
        return {**schema, "minItems": length, "maxItems": length}
    step, *rest = path
    if step == "*":
        return {**schema, "items": _with_length(schema["items"], rest, length)}
    properties = schema["properties"]
    return {**schema, "properties": {**properties, step: _with_length(properties[step], rest, length)}}


def _of_type(schema: Schema, more: Any) -> Schema:
    """Return what a schema says beside what a branch replaces: a const, or other types, replace what it allowed."""
    if not isinstance(more, dict):
        return {}
    if more.keys() & {"anyOf", "const", "enum"}:
        return {}
    return schema


def _says_only_properties(branch: Schema) -> bool:
    return all(key in {"properties", "title", "description"} or key.startswith("x-") for key in branch)


def _left_out(value: Any, keyword: str) -> bool:
    return isinstance(value, dict) and value.get(keyword) is False
