"""The samples that ship: true to their documents, valid under their schemas, made the same every time."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from llguidance import LLMatcher

from engine.documents import find_documents, read_document
from engine.resources import resource

SAMPLES = resource("samples")
ROOT = Path(__file__).parents[3]
TYPES = sorted(path.name for path in SAMPLES.iterdir() if (path / "documents").is_dir())
PAIRS = [
    (kind, schema.name, schema.name.replace("schema", "truth").replace(".json", ".jsonl"))
    for kind in TYPES
    for schema in sorted((SAMPLES / kind).glob("schema*.json"))
]
SCHEMAS = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.json"))

# What a date, a choice or a name in other words cannot be looked up for.
_COMPUTED = {"date", "due_date", "apply_by", "currency", "payment", "kind", "reason", "hours", "deliver_by"}


def load(*parts: str) -> Any:
    return json.loads(SAMPLES.joinpath(*parts).read_text(encoding="utf-8"))


def records(kind: str, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / kind / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("kind", "schema", "truth"), PAIRS)
def test_every_document_has_one_true_record(kind: str, schema: str, truth: str) -> None:
    found = records(kind, truth)
    names = [record.pop("document") for record in found]
    folder = SAMPLES / kind / "documents"
    assert sorted(names) == sorted(path.relative_to(folder).as_posix() for path in find_documents(folder))
    validator = jsonschema.Draft202012Validator(
        load(kind, schema), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    for record in found:
        validator.validate(record)
        assert list(record) == list(load(kind, schema)["properties"])


@pytest.mark.parametrize(("kind", "truth"), [(kind, truth) for kind, _, truth in PAIRS])
def test_true_strings_stand_in_their_documents(kind: str, truth: str) -> None:
    for record in records(kind, truth):
        text = read_document(SAMPLES / kind / "documents" / record.pop("document")).text
        for field, value in record.items():
            for literal in _strings(value) if field not in _COMPUTED else ():
                assert literal in text, (record, field)


def test_the_samples_are_as_many_and_as_varied_as_promised() -> None:
    paths = find_documents(SAMPLES)
    assert len(paths) >= 18
    assert {path.suffix for path in paths} == {".txt", ".md", ".html", ".pdf", ".docx", ".xlsx", ".csv", ".eml"}
    assert all(path.stat().st_size < 40_000 for path in paths if path.is_file())


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_strict_bounded_and_enforced_by_the_mask(name: str) -> None:
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    for node in _nodes(schema):
        if "properties" in node:
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
            assert all("description" in part or "$ref" in part for part in node["properties"].values())
        kinds = node.get("type", [])
        if "string" in kinds:
            assert {"maxLength", "enum", "format"} & node.keys(), node
        if "array" in kinds:
            assert "maxItems" in node
    failed, messages = LLMatcher.validate_grammar_with_warnings(LLMatcher.grammar_from_json_schema(schema))
    assert not failed, messages


def test_each_benchmark_schema_has_its_text_and_the_large_one_is_large() -> None:
    for name in ("flat", "nested", "large"):
        assert (SAMPLES / "schemas" / f"{name}.txt").read_text(encoding="utf-8")
    leaves = [
        part
        for node in _nodes(load("schemas", "large.json"))
        for part in node.get("properties", {}).values()
        if part.get("type") not in ("object", "array")
    ]
    assert len(leaves) >= 60


def test_what_is_made_is_made_byte_for_byte_again(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "packaging" / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        made = module.make(tmp_path)
    finally:
        del sys.modules[spec.name]
    shipped = [path for path in find_documents(SAMPLES) if path.suffix in {".pdf", ".docx", ".xlsx", ".eml"}]
    assert sorted(path.relative_to(tmp_path) for path in made) == sorted(path.relative_to(SAMPLES) for path in shipped)
    for path in made:
        assert path.read_bytes() == (SAMPLES / path.relative_to(tmp_path)).read_bytes(), path.name


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return []


def _nodes(schema: Any) -> list[dict[str, Any]]:
    found = [schema]
    for key in ("properties", "$defs"):
        for part in schema.get(key, {}).values():
            found.extend(_nodes(part))
    if "items" in schema:
        found.extend(_nodes(schema["items"]))
    return found
