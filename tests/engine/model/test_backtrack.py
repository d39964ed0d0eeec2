"""An answer that fails a check is taken back to where giving up costs least, and goes on from there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from engine.constraint.closing import Closer
from engine.constraint.report import check_schema
from engine.errors import BudgetExceeded
from engine.model.backtrack import Step, cheapest
from engine.model.protocol import Sampling, TextDelta, ValueClosed
from engine.model.sampling import Choice
from tests.engine.model.writer import Writer

if TYPE_CHECKING:
    from engine.model.llama import Weights
    from tests.engine.model.conftest import Ask


def step(index: int, start: int, end: int, scores: dict[int, float], refused: set[int] | None = None) -> Step:
    """Return a step whose first score is that of the token it took."""
    rivals = tuple(sorted(scores.items(), key=lambda each: -each[1]))
    return Step(index, start, end, Choice(next(iter(scores)), 0.5, 0.0, rivals), refused or set())


def test_the_next_best_token_is_the_likeliest_that_was_not_refused() -> None:
    taken = step(0, 0, 1, {7: 3.0, 8: 2.5, 9: 1.0})
    assert taken.next_best() == (8, 0.5)
    taken.refused |= {7, 8}
    assert taken.next_best() == (9, 2.0)
    taken.refused.add(9)
    assert taken.next_best() is None


def test_a_token_drawn_against_the_odds_gains_by_being_changed() -> None:
    assert step(0, 0, 1, {8: 1.0, 7: 3.0}).next_best() == (7, -2.0)


def test_a_token_that_could_not_be_another_is_no_choice() -> None:
    assert step(0, 0, 1, {7: 3.0}).next_best() is None
    assert cheapest([step(0, 0, 1, {7: 3.0})], 0, 1) is None


def test_the_step_that_gives_up_least_is_changed() -> None:
    steps = [step(0, 0, 2, {1: 5.0, 2: 1.0}), step(1, 2, 4, {1: 5.0, 2: 4.5}), step(2, 4, 6, {1: 5.0, 2: 3.0})]
    assert cheapest(steps, 0, 6) is steps[1]


def test_of_equals_the_later_is_changed() -> None:
    steps = [step(index, index, index + 1, {1: 2.0, 2: 1.0}) for index in range(3)]
    assert cheapest(steps, 0, 3) is steps[2]


@pytest.mark.parametrize(
    ("start", "end", "changed"), [(2, 4, 1), (3, 4, 1), (2, 3, 1), (3, 5, 2), (0, 6, 0), (4, 9, 2), (1, 2, 0)]
)
def test_only_steps_that_reach_into_the_value_are_changed(start: int, end: int, changed: int) -> None:
    costs = (0.1, 0.3, 0.2)
    steps = [step(index, 2 * index, 2 * index + 2, {1: 1.0, 2: 1.0 - cost}) for index, cost in enumerate(costs)]
    assert cheapest(steps, start, end) is steps[changed]


def test_where_nothing_in_the_value_can_change_the_last_step_before_it_does() -> None:
    steps = [
        step(0, 0, 1, {1: 1.0, 2: 0.9}),
        step(1, 1, 2, {1: 9.0, 2: 0.0}),
        step(2, 2, 3, {1: 1.0}),
        step(3, 3, 4, {1: 1.0, 2: 0.5}, {1, 2}),
        step(4, 4, 5, {1: 1.0, 2: 1.0}),
    ]
    assert cheapest(steps, 2, 4) is steps[1]


def test_a_step_whose_tokens_are_all_refused_is_passed_over() -> None:
    steps = [step(0, 0, 1, {1: 9.0, 2: 0.0}), step(1, 1, 2, {1: 2.0, 2: 1.9}, {1, 2})]
    assert cheapest(steps, 0, 2) is steps[0]
    steps[0].refused |= {1, 2}
    assert cheapest(steps, 0, 2) is None


@pytest.mark.parametrize(
    ("before", "keep", "text", "after"),
    [
        ("", None, "ab", "ab"),
        ("ab", None, "c", "abc"),
        ("abc", 1, "x", "ax"),
        ("abc", 0, "", ""),
        ("ab", 2, "c", "abc"),
    ],
)
def test_a_piece_says_what_the_text_becomes(before: str, keep: int | None, text: str, after: str) -> None:
    assert TextDelta(id="r", text=text, tokens=0, forced=0, keep=keep).onto(before) == after


DIGITS = {str(digit): 10.0 - digit for digit in range(1, 10)}
UNIQUE = {
    "type": "array",
    "items": {"type": "integer", "minimum": 1, "maximum": 9},
    "uniqueItems": True,
    "minItems": 4,
    "maxItems": 4,
}


def test_a_duplicate_is_replaced_by_the_next_likely_value(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, UNIQUE, DIGITS)
    text = writer.write()
    assert json.loads(text) == [1, 2, 3, 4]
    assert text == writer.run.text
    assert writer.run.growth.rollbacks == 1 + 2 + 3
    assert writer.run.growth.discarded >= writer.run.growth.rollbacks


def test_no_text_is_shown_that_a_check_refused_already(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, UNIQUE, DIGITS)
    writer.write()
    assert all(writer.texts[-1].startswith(text.rstrip("0123456789, ]")) for text in writer.texts)
    assert not any(text.startswith("[1, 1,") for text in writer.texts)


def test_the_values_told_are_those_of_the_answer(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, UNIQUE, DIGITS)
    text = writer.write()
    assert [(each.pointer, each.value) for each in writer.values] == [
        ("/0", 1), ("/1", 2), ("/2", 3), ("/3", 4), ("", [1, 2, 3, 4]),
    ]  # fmt: skip
    assert [json.loads(text[each.start : each.end]) for each in writer.values] == [each.value for each in writer.values]


def test_text_that_was_shown_is_withdrawn_where_the_whole_value_fails(vocabulary: Weights, ask: Ask) -> None:
    item = {"type": "string", "pattern": "^[a-c]$"}
    schema = {"type": "array", "prefixItems": [item, {"enum": ["a", "c"]}], "minItems": 2, "maxItems": 2}
    schema["not"] = {"prefixItems": [{"enum": ["a", "c"]}]}
    writer = Writer(vocabulary, ask, schema, {"a": 3.0, "b": 2.0})
    text = writer.write()
    assert json.loads(text) == ["b", "a"]
    withdrawn = [before for before, delta in zip(writer.texts, writer.deltas, strict=False) if delta.keep is not None]
    assert withdrawn == ['["a", "']
    assert [delta.keep for delta in writer.deltas if delta.keep is not None] == [2]
    assert writer.run.text == text


def test_a_number_at_the_root_is_checked_when_the_text_ends(vocabulary: Weights, ask: Ask) -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 9, "not": {"multipleOf": 2}}
    writer = Writer(vocabulary, ask, schema, {"2": 5.0, "4": 4.0, "7": 3.0})
    assert writer.write() == "7"


def test_a_search_that_finds_nothing_ends_and_names_the_place(vocabulary: Weights, ask: Ask) -> None:
    item = {"type": "string", "pattern": "^[ab]$"}
    three = {"type": "array", "items": item, "uniqueItems": True, "minItems": 3, "maxItems": 3}
    impossible = {"type": "object", "properties": {"a": three}, "required": ["a"], "additionalProperties": False}
    writer = Writer(vocabulary, ask, impossible, {"a": 3.0, "b": 2.0})
    with pytest.raises(BudgetExceeded) as caught:
        writer.write()
    assert caught.value.where in {"/a/1", "/a/2"}


def test_characters_of_several_tokens_survive_being_taken_back(vocabulary: Weights, ask: Ask) -> None:
    schema = {
        "type": "array",
        "items": {"enum": ["日本", "東京", "😀"]},
        "minItems": 3,
        "maxItems": 3,
        "uniqueItems": True,
    }
    writer = Writer(vocabulary, ask, schema, {})
    text = writer.write()
    assert sorted(json.loads(text)) == sorted(["日本", "東京", "😀"])
    assert "\ufffd" not in text
    assert text == writer.run.text


def test_the_same_seed_writes_the_same_though_text_is_taken_back(vocabulary: Weights, ask: Ask) -> None:
    sampling = Sampling(temperature=1.0, seed=3)
    first, second = (Writer(vocabulary, ask, UNIQUE, DIGITS, sampling=sampling) for _ in range(2))
    assert first.write() == second.write()
    assert first.texts == second.texts
    assert len(set(json.loads(first.texts[-1]))) == 4


def test_an_object_gets_no_key_twice_though_nothing_else_is_checked(vocabulary: Weights, ask: Ask) -> None:
    schema = {
        "type": "object",
        "patternProperties": {"^[ab]$": {"const": 7}},
        "additionalProperties": False,
        "minProperties": 2,
        "maxProperties": 2,
    }
    writer = Writer(vocabulary, ask, schema, {"a": 3.0, "b": 2.0})
    assert writer.write() == '{"a": 7, "b": 7}'
    assert writer.run.growth.rollbacks > 0


def test_an_answer_is_closed_at_its_limit_by_an_end_that_passes_its_checks(vocabulary: Weights, ask: Ask) -> None:
    digits = {"type": "array", "items": {"enum": ["0", "1", "2"]}, "minItems": 3, "uniqueItems": True}
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string"}, "digits": digits},
        "required": ["note", "digits"],
        "additionalProperties": False,
    }
    writer = Writer(vocabulary, ask, schema, {"a": 3.0}, max_tokens=60)
    value = json.loads(writer.write())
    assert writer.run.end_reason == "length_closed"
    assert len(value["note"]) > 20
    assert sorted(value["digits"]) == ["0", "1", "2"]


def test_what_failed_keeps_the_text_that_was_shown(vocabulary: Weights, ask: Ask) -> None:
    item = {"type": "string", "pattern": "^[ab]$"}
    three = {"type": "array", "items": item, "uniqueItems": True, "minItems": 3, "maxItems": 3}
    writer = Writer(vocabulary, ask, three, {"a": 3.0, "b": 2.0})
    with pytest.raises(BudgetExceeded):
        writer.write()
    assert writer.run.text == writer.texts[-1]


WANTS_A_WORD = {
    "type": "object",
    "properties": {
        "note": {"type": "string", "maxLength": 4},
        "words": {"type": "array", "items": {"type": "string"}, "contains": {"pattern": "^x-[0-9]{6}$"}},
    },
    "required": ["note", "words"],
    "additionalProperties": False,
}


def test_what_the_model_does_not_find_is_completed_without_it_and_marked(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, WANTS_A_WORD, {"a": 3.0, '"': 1.0, "]": 1.0}, completes=True, max_tokens=120)
    value = json.loads(writer.write())
    assert writer.run.end_reason == "constructed"
    assert jsonschema.Draft202012Validator(WANTS_A_WORD).is_valid(value)
    assert writer.run.text == writer.texts[-1]
    assert writer.run.generated <= 120


def test_what_was_written_before_stays_where_only_a_later_value_fails(vocabulary: Weights, ask: Ask) -> None:
    item = {"type": "string", "pattern": "^[abc]$"}
    three = {"type": "array", "items": item, "uniqueItems": True, "minItems": 3, "maxItems": 3}
    properties = {"note": {"type": "string", "maxLength": 4}, "three": three}
    schema = {"type": "object", "properties": properties, "required": ["note", "three"], "additionalProperties": False}
    logits = {"a": 3.0, "b": 2.0}
    writer = Writer(vocabulary, ask, schema, logits, completes=True, max_tokens=200)
    value = json.loads(writer.write())
    assert value["note"].startswith("aa")
    assert sorted(value["three"]) == ["a", "b", "c"]


def test_a_value_that_was_told_is_never_withdrawn_by_the_limit(vocabulary: Weights, ask: Ask) -> None:
    """The short way that was known is lost with a choice that can only go on for long."""
    long = {"enum": [f"{word} rain over seven hills " * 3 for word in ("cold", "dark")]}
    first = {"type": "string", "pattern": "^[ab]{5}$"}
    lists = [[first, {"const": "x"}], [first, {"const": "bones"}, long]]
    schema = {
        "anyOf": [{"type": "array", "prefixItems": each, "minItems": len(each), "items": False} for each in lists]
    }
    ends = set()
    for limit in range(14, 60, 2):
        writer = Writer(vocabulary, ask, schema, {"a": 3.0, "b": 2.0}, max_tokens=limit)
        told: list[ValueClosed] = []
        writer.heed(told)
        text = writer.write()
        ends.add(writer.run.end_reason)
        assert not writer.run.provisional
        assert writer.run.generated <= limit
        assert [text[each.start : each.end] for each in told] == [json.dumps(each.value) for each in told], limit
    assert ends == {"length_closed", "stop"}


def test_values_told_within_a_long_item_stand_at_every_limit(vocabulary: Weights, ask: Ask) -> None:
    """Between two items the way to the end is short, within one it is long: the limit must not lead back to between."""
    keys = ["invoice_date", "description", "quantity", "unit_price", "tax_rate", "discount", "currency", "total"]
    item = {"type": "object", "properties": {key: {"type": "integer"} for key in keys}, "required": keys}
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": item}}, "required": ["items"]}
    whole = json.dumps({"items": [{key: 10 * place + row for place, key in enumerate(keys)} for row in range(12)]})
    for limit in range(170, 380, 40):
        writer = Writer(vocabulary, ask, schema, {}, max_tokens=limit)
        told: list[ValueClosed] = []
        writer.heed(told)
        text = writer.dictate(whole)
        assert writer.run.end_reason == "length_closed"
        assert [text[each.start : each.end] for each in told] == [json.dumps(each.value) for each in told], limit


def test_a_number_told_is_told_again_where_the_character_that_closed_it_goes(vocabulary: Weights, ask: Ask) -> None:
    schema = {"type": "array", "items": {"enum": [1, 12]}, "uniqueItems": True, "minItems": 2, "maxItems": 2}
    writer = Writer(vocabulary, ask, schema, {"1": 9.0, ",": 10.0, "]": 11.0, "2": 4.0})
    text = writer.write()
    assert [(each.pointer, each.value) for each in writer.values] == [
        ("/0", json.loads(text)[0]), ("/1", json.loads(text)[1]), ("", json.loads(text)),
    ]  # fmt: skip


LIMITED = {
    "an object": {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 3}, "age": {"type": "integer", "minimum": 18}},
        "required": ["name", "age"],
    },
    "unlike branches": {
        "anyOf": [
            {"type": "object", "properties": {"a": {"const": "a" * 60}}, "required": ["a"]},
            {"type": "array", "items": {"enum": ["aa", "b"]}, "minItems": 2},
        ]
    },
    "unique items": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 3},
    "an item to be found": {"type": "array", "items": {"type": "string"}, "contains": {"pattern": "^q[0-9]{4}$"}},
    "a tree": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["name", "children"],
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize("schema", LIMITED.values(), ids=LIMITED)
@pytest.mark.parametrize("above", [0, 1, 7])
def test_any_limit_from_the_least_size_on_gives_a_valid_answer(
    vocabulary: Weights, ask: Ask, schema: dict[str, Any], above: int
) -> None:
    closer = Closer(vocabulary.mask_tokenizer(), vocabulary.end_tokens)
    least = check_schema(schema, closer).sizes.minimum
    assert least is not None
    writer = Writer(vocabulary, ask, schema, {"a": 3.0, '"': 1.0, "]": 0.5}, max_tokens=least + above)
    value = json.loads(writer.write())
    assert jsonschema.Draft202012Validator(schema).is_valid(value)
    assert writer.run.generated <= least + above
