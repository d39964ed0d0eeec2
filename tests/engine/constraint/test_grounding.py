"""Quotes: a string of an answer is text of the document from word to word, or it cannot be written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from llguidance import LLTokenizer

from engine.constraint.closing import byte_closer
from engine.constraint.compile import compile_constraint
from engine.constraint.grounding import GroundedMatcher, Grounds, QuotableText, Vocabulary
from engine.constraint.spec import MatchesSchema
from engine.schema.document import read_schema

BYTES = Vocabulary(LLTokenizer("byte"))
QUOTE: dict[str, Any] = {"type": "string"}
INVOICE = 'Bill to: Blue Harbour Café\nPhone +1 415 555 0137 ("call \\o/ first")\nTotal 1,252.00 GBP'


def ground(text: str, schema: Any = QUOTE, vocabulary: Vocabulary = BYTES, **lists: list[tuple[int, int]]) -> Any:
    """Begin an answer over a document."""
    schema_text = json.dumps(schema)
    compiled = compile_constraint(MatchesSchema(schema_text=schema_text))
    assert compiled is not None
    grounds = Grounds(read_schema(schema_text), QuotableText(text), lists)
    return GroundedMatcher(vocabulary.tokenizer, compiled.grammar, grounds, vocabulary)


def writes(matcher: GroundedMatcher, answer: str, vocabulary: Vocabulary = BYTES) -> bool:
    """Tell whether an answer can be written from its first token to its last."""
    for token in vocabulary.tokenizer.tokenize_str(answer):
        if token not in matcher.allowed():
            return False
        assert matcher.allows(token)
        matcher.consume(token)
    return bool(matcher.accepting)


def can_quote(text: str, quote: str, schema: Any = QUOTE) -> bool:
    """Tell whether a string can be the whole answer over a document."""
    return writes(ground(text, schema), json.dumps(quote, ensure_ascii=False))


WORD = re.compile(r"\w+(?:(?:(?<=\d)[.,/'\u2019](?=\d)|(?<=\w)['\u2019](?=\w))\w+)*")


def quotes_of(text: str) -> set[str]:
    """Return every quote of a text that has no breaks and no hyphens, by the rules as they are told."""
    folded = re.sub(r"\s+", " ", text).strip()
    within = {place for word in WORD.finditer(folded) for place in range(word.start() + 1, word.end())}
    return {
        folded[start:end]
        for start in range(len(folded))
        for end in range(start + 1, len(folded) + 1)
        if not {start, end} & within and folded[start] not in " ,;:|)]}" and folded[end - 1] not in " ,;:|([{"
        if begins(folded, start) and finishes(folded, end)
    }


def begins(folded: str, start: int) -> bool:
    """Tell whether what begins here is a word, or signs in front of one."""
    before, after = folded[:start].rpartition(" ")[2], folded[start:].partition(" ")[0]
    return is_word(folded[start]) or (not any(map(is_word, before)) and any(map(is_word, after)))


def finishes(folded: str, end: int) -> bool:
    """Tell whether what ends here is a word, or signs behind one."""
    return any(map(is_word, folded[:end].rpartition(" ")[2]))


def is_word(character: str) -> bool:
    """Tell letters and digits from signs."""
    return character.isalnum() or character == "_"


TEXTS = st.text(alphabet=list("ab1é_.,'\"\\ \n\u00a0({"), max_size=14).filter(
    lambda text: not re.search(r"\n\s*\n|[^\S\n]{3}", text)
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.data())
@example("1,5 a", None)
def test_exactly_the_substrings_from_word_to_word_can_be_written(text: str, data: st.DataObject | None) -> None:
    quotes = quotes_of(text)
    folded = re.sub(r"\s+", " ", text).strip()
    places = st.integers(0, len(folded))
    if data is None:
        tried = {"1,5", "1", "5", "5 a", "a"}
    else:
        start, end = sorted((data.draw(places), data.draw(places)))
        tried = {folded[start:end], data.draw(st.text(alphabet='ab1é ."\\', max_size=4))}
    for quote in tried:
        assert can_quote(text, quote) == (quote in quotes)
        assert bool(QuotableText(text).find(quote)) == (quote in quotes)


@settings(max_examples=60, deadline=None)
@given(TEXTS.filter(quotes_of), st.randoms(use_true_random=False))
def test_whatever_is_written_under_the_mask_ends_and_stands_in_the_document(text: str, random: Any) -> None:
    matcher = ground(text, {"type": "array", "items": QUOTE, "minItems": 1, "maxItems": 2})
    written = b""
    while not matcher.ended and len(written) < 200:
        token = random.choice(matcher.allowed().tolist())
        if token in BYTES.ends:
            break
        matcher.consume(token)
        written += BYTES.pieces[token]
    assert matcher.accepting
    assert set(json.loads(written)) <= quotes_of(text)


@pytest.mark.parametrize(
    "quote",
    ["Blue Harbour Café", "+1 415 555 0137", '"call \\o/ first"', "Café Phone +1", "1,252.00", "1,252.00 GBP"],
)
def test_signs_escapes_umlauts_and_line_ends_are_quoted_as_they_stand(quote: str) -> None:
    assert can_quote(INVOICE, quote)


@pytest.mark.parametrize("quote", ["Harbour Caf", "1 415 555 013", "252.00", "1,252", "Blue  Harbour", "", "Total:"])
def test_no_word_and_no_number_is_cut(quote: str) -> None:
    assert not can_quote(INVOICE, quote)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Main\u00a0Street", "Main Street"),
        ("Mu\u0308ller", "Müller"),
        ("e\ufb03cient", "efficient"),
        ("Werk-\nzeuge", "Werkzeuge"),
        ("Werk-\nzeuge", "Werk- zeuge"),
        ("RE-2025-\n0914", "RE-2025-0914"),
        ("Werk\u00ad\nzeuge", "Werkzeuge"),
        ("in\u200bvisible", "invisible"),
        ("東京都千代田区", "千代田"),
        ("O'Brien & Sons", "O'Brien"),
    ],
)
def test_a_text_is_quoted_as_it_reads(text: str, quote: str) -> None:
    assert can_quote(text, quote)


@pytest.mark.parametrize("quote", [".", "-", "...", "/", "*", "- 5"])
def test_signs_alone_are_no_quotes(quote: str) -> None:
    """They would fill a field with what says nothing."""
    assert not can_quote("No. 12 / 5 * a ... b - 5 end.", quote)


@pytest.mark.parametrize("quote", ["No.", ".NET", "-12", "(a)", "€", "12 %", "A+", "5.-"])
def test_signs_that_hang_on_a_word_are_quoted_with_it(quote: str) -> None:
    """And those that say something by themselves."""
    assert can_quote("No. .NET -12 (a) € 12 % A+ 5.- end", quote)


@pytest.mark.parametrize("gap", ["\n\n", "    ", "\t", " | "])
def test_a_quote_does_not_cross_columns_cells_and_empty_lines(gap: str) -> None:
    assert can_quote(f"Rechnungsnr.{gap}RE-0914", "RE-0914")
    assert not can_quote(f"Rechnungsnr.{gap}RE-0914", f"Rechnungsnr. {gap.strip()} RE-0914".replace("  ", " "))


def test_a_span_is_where_the_quote_stands_in_the_document_as_it_was() -> None:
    text = 'A\u00a0"Blue\n Harbour" Cafe\u0301, and Werk-\nzeuge'
    quotable = QuotableText(text)
    for quote, stands in (
        ('"Blue Harbour"', '"Blue\n Harbour"'),
        ("Café", "Cafe\u0301"),
        ("Werkzeuge", "Werk-\nzeuge"),
    ):
        ((start, end),) = {quotable.span(*place) for place in quotable.find(quote)}
        assert text[start:end] == stands


def test_a_text_that_stands_twice_has_two_spans_in_order() -> None:
    text = "Ada, Bob, Ada"
    grounds = Grounds(read_schema(json.dumps(QUOTE)), QuotableText(text))
    assert grounds.spans((), "Ada") == ((0, 3), (10, 13))
    assert grounds.spans((), "Eve") == ()


def test_only_the_spans_of_its_list_can_be_written_where_a_list_is_named() -> None:
    schema = {"type": "string", "x-grounding": "dates"}
    text = "Order 12 of 3 March 2025"
    for quote, can in (("3 March 2025", True), ("3 March", False), ("12", False), ("March 2025", False)):
        assert writes(ground(text, schema, dates=[(12, 24)]), json.dumps(quote)) is can


def test_a_span_of_a_list_may_be_a_part_of_a_word() -> None:
    schema = {"type": "string", "x-grounding": "sums"}
    matcher = ground("All GBP252.00 of it", schema, sums=[(7, 13)])
    assert writes(matcher, '"252.00"')
    assert matcher.grounds.spans((), "252.00") == ((7, 13),)
    assert matcher.grounds.invented("252.00") is None
    assert matcher.grounds.invented("252.0") == ()


def test_choices_and_free_texts_are_no_quotes() -> None:
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["x", "y"]}, "why": {"type": "string", "x-grounding": "free"}, "who": QUOTE},
        "required": ["kind", "why", "who"],
        "additionalProperties": False,
    }
    assert writes(ground("Ada", schema), '{"kind": "y", "why": "a word", "who": "Ada"}')
    assert not writes(ground("Ada", schema), '{"kind": "y", "why": "a word", "who": "Eve"}')


@pytest.mark.parametrize(
    "check", [{"pattern": "^[A-Z]{2}-[0-9]{2}$"}, {"format": "email"}, {"maxLength": 3}, {"minLength": 40}]
)
def test_where_no_text_of_the_document_passes_only_null_can_be_written(check: dict[str, Any]) -> None:
    schema = {"anyOf": [{"type": "string"} | check, {"type": "null"}]}
    matcher = ground("Blue Harbour", schema)
    assert [BYTES.pieces[token] for token in matcher.allowed()] == [b"n"]
    assert writes(matcher, "null")


def test_what_passes_a_pattern_is_found_among_what_does_not() -> None:
    schema = {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{2}$"}
    matcher = ground("AB-1, AB-2x, CD-34 and AB", schema)
    assert byte_closer().shortest(matcher, 100) == list(b'"CD-34"')
    assert not matcher.stuck


def test_nothing_follows_where_neither_text_nor_null_can_stand() -> None:
    assert ground("", {"type": "object", "properties": {"a": QUOTE}, "required": ["a"]}).stuck is False
    matcher = ground("", QUOTE)
    assert matcher.stuck


def test_what_can_only_follow_is_taken_at_once_up_to_where_the_quote_may_end() -> None:
    matcher = ground("Blue Harbour, Blueprint and Bluebell", {"type": "array", "items": QUOTE})
    for byte in b'["Bluep':
        matcher.consume(byte)
    assert bytes(matcher.take_forced()) == b"rint"
    assert b'"'[0] in matcher.allowed()
    matcher.rollback(len(b"print"))
    assert matcher.take_forced() == []
    matcher.consume(b" "[0])
    assert bytes(matcher.take_forced()) == b"Harbour"


def test_going_back_leaves_what_could_be_written_before() -> None:
    schema = {"type": "array", "items": QUOTE, "maxItems": 2}
    matcher = ground(INVOICE, schema)
    for byte in b'["Blue':
        matcher.consume(byte)
    before = matcher.allowed().tolist()
    for byte in b' Harbour", "Tot':
        matcher.consume(byte)
    matcher.rollback(len(b' Harbour", "Tot'))
    assert matcher.allowed().tolist() == before == list(b' "')
    assert writes(matcher.anew(), '["GBP", "Total"]')
