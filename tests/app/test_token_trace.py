from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from app.exchange import Closed
from app.models.json_layout import JsonLayout
from app.models.token_facts import Facts, percent
from app.models.token_lines import Rows, TokenLines
from app.models.token_values import Doubts, pointer_of
from app.models.visible import FILLER, cells, quoted, visible
from app.token_trace import Alternative, Attempts, Token, Trace
from engine.constraint.values import ClosedValue, ValueWatcher

PROBABILITY = st.none() | st.floats(0, 1)
BYTES = st.binary(max_size=6).map(lambda piece: piece.decode("utf-8", "surrogateescape"))
ALTERNATIVES = st.lists(
    st.builds(Alternative, st.integers(0, 9), BYTES, st.floats(0, 1), st.booleans(), st.booleans()), max_size=3
).map(tuple)
TOKENS = st.lists(
    st.builds(
        Token,
        st.integers(0, 49_151),
        BYTES | st.text(max_size=5),
        st.sampled_from(["drawn", "forced", "closing", "given", "constructed"]),
        PROBABILITY,
        PROBABILITY,
        ALTERNATIVES,
    ),
    max_size=12,
)
CHANGES = st.lists(st.tuples(st.none() | st.integers(0, 12), TOKENS), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def drawn(text: str, probability: float = 1.0) -> Token:
    return Token(1, text, "drawn", probability)


def cut_up(text: str, sizes: list[int]) -> list[Token]:
    """Return a text as tokens of these sizes, cut between bytes and not characters."""
    raw, tokens, at = text.encode(), [], 0
    for size in [*sizes, len(raw)]:
        piece = raw[at : at + size]
        if piece:
            tokens.append(drawn(piece.decode("utf-8", "surrogateescape")))
        at += size
    return tokens


def closed_in(text: str) -> dict[str, Closed]:
    watcher = ValueWatcher()
    found = [entry for entry in watcher.feed(text) + watcher.finish() if isinstance(entry, ClosedValue)]
    return {entry.pointer: Closed(entry.start, entry.end) for entry in found}


def shown(lines: TokenLines) -> list[str]:
    return [line.text.replace(FILLER, "") for line in lines.lines]


# The trace


@given(tokens=TOKENS)
def test_what_the_store_keeps_is_the_whole_token(tokens: list[Token]) -> None:
    plain = json.loads(json.dumps([token.to_plain() for token in tokens], ensure_ascii=False).encode().decode())
    restored = [Token.from_plain(entry) for entry in plain]
    assert [token.how for token in restored] == [token.how for token in tokens]
    assert [token.alternatives for token in restored] == [token.alternatives for token in tokens]
    assert restored == tokens


@given(changes=CHANGES)
def test_a_trace_keeps_its_attempts_in_the_store(changes: list[tuple[int | None, list[Token]]]) -> None:
    trace = Trace()
    for keep, tokens in changes:
        trace.extend(keep, tokens)
    restored = Trace.from_plain(json.loads(json.dumps(trace.to_plain())))
    assert restored.tokens == trace.tokens
    assert restored.attempts == trace.attempts
    assert restored.text == trace.text


@given(text=st.text(max_size=30), sizes=st.lists(st.integers(0, 5), max_size=20))
def test_every_character_belongs_to_the_token_that_completes_it(text: str, sizes: list[int]) -> None:
    trace = Trace(cut_up(text, sizes))
    assert trace.text == text
    assert trace.length == len(text)
    assert [trace.span(index)[1] for index in range(len(trace) - 1)] == [
        trace.span(index)[0] for index in range(1, len(trace))
    ]
    for offset, char in enumerate(text):
        start, end = trace.span(trace.token_at(offset))
        assert start <= offset < end
        assert trace.char_at(offset) == char


@given(changes=CHANGES)
def test_a_trace_that_went_back_is_as_if_it_had_never_been_there(changes: list[tuple[int | None, list[Token]]]) -> None:
    trace, expected = Trace(), list[Token]()
    for keep, tokens in changes:
        trace.extend(keep, tokens)
        expected = [*(expected if keep is None else expected[:keep]), *tokens]
    fresh = Trace(expected)
    assert trace.tokens == fresh.tokens
    assert trace.text == fresh.text
    assert [trace.span(index) for index in range(len(trace))] == [fresh.span(index) for index in range(len(fresh))]


def test_what_was_taken_back_is_counted_where_it_stood() -> None:
    trace = Trace([drawn("a"), drawn("b"), drawn("c")])
    trace.extend(1, [drawn("x"), drawn("y")])
    trace.extend(1, [drawn("z")])
    assert trace.attempts == {1: Attempts(2, ("bc", "xy"))}
    trace.extend(2, [drawn("!")])
    assert trace.attempts == {1: Attempts(2, ("bc", "xy"))}
    trace.extend(0, [drawn("new")])
    assert trace.attempts == {0: Attempts(1, ("az!",))}
    assert trace.text == "new"


# Lines


@given(value=JSON, sizes=st.lists(st.integers(0, 6), max_size=40), step=st.integers(1, 7))
def test_tokens_of_json_are_laid_out_as_json_is(value: Any, sizes: list[int], step: int) -> None:
    text = json.dumps(value)
    lines = TokenLines(Trace(cut_up(text, sizes)), structured=True)
    while lines.behind:
        lines.lay(step)
    assert "\n".join(shown(lines)) == JsonLayout().feed(text)


@example(text="{\u202e", sizes=[], structured=True)
@given(text=st.text(max_size=40), sizes=st.lists(st.integers(0, 5), max_size=20), structured=st.booleans())
def test_every_token_has_its_place_and_its_text(text: str, sizes: list[int], structured: bool) -> None:
    trace = Trace(cut_up(text, sizes))
    lines = TokenLines(trace, structured=structured)
    lines.lay(1_000)
    for index, token in enumerate(trace.tokens):
        there = "".join(lines.lines[line].text[start:end] for line, start, end in lines.places(index))
        blank = str.maketrans("", "", " ") if structured else {}
        kept = there.translate(blank)
        if not structured:
            assert kept == cells(token.text)
        elif any(char.isspace() for char in token.text):
            assert len(kept) <= len(cells(token.text))
        else:
            assert kept == cells(token.text).translate(blank)


def test_a_token_longer_than_any_vocabulary_has_is_shown_by_its_beginning() -> None:
    lines = TokenLines(Trace([drawn("one "), drawn("\n" * 10**6), drawn("x" * 10**6), drawn("!")]), structured=False)
    lines.lay(1_000)
    assert len(lines.lines) < 2_000
    assert lines.lines[-1].text.startswith("…xxx")
    assert lines.lines[-1].text.endswith("x…!")


@given(value=JSON, sizes=st.lists(st.integers(1, 4), max_size=60), keeps=st.lists(st.integers(0, 60), max_size=4))
def test_lines_that_went_back_are_as_if_laid_out_anew(value: Any, sizes: list[int], keeps: list[int]) -> None:
    tokens = cut_up(json.dumps(value), sizes)
    trace = Trace(tokens)
    lines = TokenLines(trace, structured=True)
    rows = Rows(lines.lines)
    rows.wrap(20)
    rows.update(lines.lay(1_000))
    for keep in keeps:
        trace.extend(keep, tokens[keep:])
        rows.update(lines.lay(1_000))
    fresh = TokenLines(trace, structured=True)
    fresh.lay(1_000)
    assert lines.lines == fresh.lines
    anew = Rows(fresh.lines)
    anew.wrap(20)
    assert [rows.row(row) for row in range(rows.count)] == [anew.row(row) for row in range(anew.count)]


def test_lines_go_back_across_many_tokens() -> None:
    tokens = [drawn("["), *(drawn(f'{{"n": {number}}}, ') for number in range(1_000))]
    trace = Trace(tokens)
    lines = TokenLines(trace, structured=True)
    lines.lay(5_000)
    trace.extend(700, [drawn('{"last": 1}]')])
    assert lines.lay(5_000) <= 700
    fresh = TokenLines(trace, structured=True)
    fresh.lay(5_000)
    assert lines.lines == fresh.lines
    assert lines.lines[-1].text == "]"


@given(words=st.lists(st.text(max_size=30), max_size=30), width=st.integers(16, 60))
def test_rows_show_every_column_once_and_fit(words: list[str], width: int) -> None:
    lines = TokenLines(Trace(drawn(word + " ") for word in words), structured=False)
    lines.lay(1_000)
    rows = Rows(lines.lines)
    rows.wrap(width)
    seen = [""] * len(lines.lines)
    for row in range(rows.count):
        line, start, end, hang = rows.row(row)
        assert end - start + hang <= width
        assert rows.row_of(line, start) == row
        seen[line] += lines.lines[line].text[start:end]
    assert seen == [line.text for line in lines.lines]


def test_a_place_of_attempts_stands_before_its_token() -> None:
    trace = Trace([drawn('{"a": '), drawn("1"), drawn("}")])
    trace.extend(1, [drawn("2"), drawn("}")])
    lines = TokenLines(trace, structured=True)
    lines.lay(10)
    line = lines.lines[1]
    assert line.text == '  "a":   2'
    mark = line.entries.index(~1)
    assert (line.starts[mark], line.end(mark)) == (7, 9)
    assert next(lines.places(1)) == (1, 9, 10)


def test_an_endless_line_goes_on_in_pieces() -> None:
    lines = TokenLines(Trace(drawn("ab") for _ in range(20_000)), structured=False)
    lines.lay(20_000)
    assert max(len(line.text) for line in lines.lines) < 5_000
    assert [line.number for line in lines.lines][:2] == [1, 0]
    assert "".join(shown(lines)) == "ab" * 20_000


# Values


def test_a_token_knows_its_value() -> None:
    text = '{"a": {"b~/c": "xy"}, "d": [1, 22]}'
    trace = Trace(map(drawn, ['{"a', '": {"b~/c": "', "x", 'y"', '}, "d": [', "1", ", 22", "]", "}"]))
    assert trace.text == text
    closed = closed_in(text)
    places = [pointer_of(trace, closed, index) for index in range(len(trace))]
    assert places == ["", "/a/b~0~1c", "/a/b~0~1c", "/a/b~0~1c", "", "/d/0", "/d/1", "/d", ""]
    assert pointer_of(Trace([drawn("{")]), {}, 0) is None


def test_the_least_certain_values_come_first() -> None:
    trace = Trace(
        [
            *(Token(1, '{"a": "', "forced"), drawn("x", 0.5), drawn("y", 0.7), drawn('", "b": ', 0.1)),
            *(drawn("1", 0.95), Token(1, ', "c": [', "forced"), drawn("2", 0.3), drawn("]}", 0.2)),
        ]
    )
    found = Doubts().least_certain(trace, closed_in(trace.text))
    assert [(doubt.pointer, doubt.index, doubt.probability) for doubt in found] == [("/c/0", 6, 0.3), ("/a", 1, 0.5)]
    assert [doubt.name for doubt in found] == ["c 0", "a"]


def test_a_value_that_is_written_anew_is_looked_at_anew() -> None:
    doubts = Doubts()
    trace = Trace([drawn('{"a": '), drawn("1", 0.3), drawn("}")])
    closed = closed_in(trace.text)
    assert [doubt.probability for doubt in doubts.least_certain(trace, closed)] == [0.3]
    trace.extend(1, [drawn("2", 0.6), drawn("}")])
    assert [doubt.probability for doubt in doubts.least_certain(trace, closed)] == [0.6]
    trace.extend(1, [drawn("3", 0.99), drawn("}")])
    assert doubts.least_certain(trace, closed) == ()


def test_at_most_eight_values_are_told() -> None:
    trace = Trace([drawn("["), *(drawn(f"{number % 10}, ", number / 100) for number in range(1, 30)), drawn("0]")])
    found = Doubts().least_certain(trace, closed_in(trace.text))
    assert [doubt.index for doubt in found] == list(range(1, 9))


def test_many_values_are_looked_at_a_part_at_a_time() -> None:
    trace = Trace([drawn("["), *(drawn(f"{number % 10}, ", 0.5 + number / 100) for number in range(30)), drawn("0]")])
    closed = closed_in(trace.text)
    doubts, rounds = Doubts(), 1
    found = doubts.least_certain(trace, closed, most=7)
    while doubts.behind:
        found = doubts.least_certain(trace, closed, most=7)
        rounds += 1
    assert rounds > 3
    assert found == Doubts().least_certain(trace, closed)


# Words


def test_nothing_that_is_hidden_or_obeyed_stays_so() -> None:
    assert visible("a\u202eb\nc\x1b\t\udce2\u200b") == "a\\u202eb↵c\\x1b\\x09\\xe2\\u200b"
    assert cells("中a") == f"中{FILLER}a"
    assert quoted("x" * 50, 10) == "“xxxxx…xxxx”"
    assert quoted("a" + "\u202e" * 10**6 + "z", 10) == "“a\\u20…02ez”"


def test_facts_say_what_became_of_each_alternative() -> None:
    others = (
        Alternative(1, "3", 0.41, allowed=True),
        Alternative(2, "March", 0.14, allowed=False),
        Alternative(3, "5", 0.1, allowed=True, refused=True),
        Alternative(4, "2", 0.05, allowed=True),
    )
    facts = Facts(73, 183, Token(1, "3", "drawn", 0.53, 0.22, others), "/issued", Attempts(1, ("2024-13",)))
    assert facts.text.splitlines() == [
        "“3” in /issued",
        "token 74 of 183, id 1, drawn, probability 0.530",
        "  “3” 0.41, chosen",
        "  “March” 0.14, removed by the mask",
        "  “5” 0.10, tried and taken back",
        "  “2” 0.05",
        "Mass removed by the mask: 22 %",
        "Taken back before it: 1 (“2024-13”)",
    ]
    assert "probability 0.53" in facts.spoken
    assert [facts.open_to_branch(entry) for entry in others] == [False, False, False, True]
    assert [percent(share) for share in (0.0, 0.001, 0.22, 0.999, 1.0)] == [
        "0 %", "under 1 %", "22 %", "over 99 %", "100 %"
    ]  # fmt: skip
