from __future__ import annotations

from dataclasses import replace

import pytest

from app.exchange import RANGES, Answer, Closed, Draft, Turn, build_request
from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained
from engine.errors import Cancelled, TokenLimitReached
from engine.store import Answer as KeptAnswer
from engine.store import Attachment, MessageState, Node

DRAFT = Draft(
    prompt="Häufig?", system="Be brief.", schema='{"type": "object"}', regex="[a-z]+", lark='start: "a"', seed=7
)
ASKED = [Turn("user", DRAFT.prompt)]
ASKED_AT = "2026-01-01T10:00:00+00:00"


def test_a_draft_comes_back_as_it_was_kept() -> None:
    assert Draft.of(DRAFT.settings(), DRAFT.prompt) == DRAFT


def test_what_a_later_version_wrote_into_a_draft_is_left_out() -> None:
    kept = DRAFT.settings() | {"format": "protobuf", "thumbs": "up", "prompt": "not this one"}
    assert Draft.of(kept, DRAFT.prompt) == replace(DRAFT, format="text")


HOSTILE = [
    {"temperature": "hot", "seed": [1], "max_tokens": True, "format": 3, "schema": None, "top_p": {}},
    {"closed": [], "tokens": "many"},
    {"closed": {"/a": 3}},
    {"closed": {"/a": {"begin": 1}}},
]


@pytest.mark.parametrize("details", HOSTILE)
def test_what_an_imported_thread_holds_in_the_wrong_form_is_left_out(details: dict[str, object]) -> None:
    kept = KeptAnswer(details, {"finish_reason": 3}, {"message": "no kind"}, details, {"tokens": [[1]]})
    restored = Answer.restore(3, node("done"), "an answer", kept, "Well?")
    assert restored.text == "an answer"
    assert restored.draft == Draft(prompt="Well?", format=restored.draft.format)
    assert (restored.receipt, restored.error, restored.closed, len(restored.trace)) == (None, None, {}, 0)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"a": 1}', "json"),
        (" [1, 2]", "json"),
        ("[1] See the first page.", "text"),
        ("{a set of things}", "text"),
        ("[" * 100_000, "text"),
        ("An answer", "text"),
    ],
)
def test_an_answer_from_elsewhere_is_json_if_all_of_it_is(text: str, shape: str) -> None:
    assert Answer.restore(3, node("done"), text, None, "Well?").draft.format == shape


def test_the_words_of_an_imported_failure_have_an_end() -> None:
    kept = KeptAnswer({}, None, {"kind": "EngineError", "message": "x" * 10**6, "where": "y" * 10**6, "advice": 3}, {})
    error = Answer.restore(3, node("failed"), "half", kept, "Well?").error
    assert error is not None
    assert (error.message[:2], error.advice) == ("xx", None)
    assert len(str(error)) < 10_000


OUT_OF_RANGE: list[dict[str, object]] = [
    {"max_tokens": -5},
    {"max_tokens": 0},
    {"max_tokens": 10**30},
    {"temperature": 99},
    {"temperature": -0.1},
    {"temperature": float("nan")},
    {"min_p": 10**400},
    {"repetition": 0},
    {"repetition": float("inf")},
    {"seed": -1},
    {"seed": 2**63},
    {"top_p": 0},
]


@pytest.mark.parametrize("settings", OUT_OF_RANGE, ids=str)
def test_a_number_that_no_model_can_use_is_left_out(settings: dict[str, object]) -> None:
    assert Draft.of(DRAFT.settings() | settings, DRAFT.prompt) == replace(
        DRAFT,
        **{name: getattr(Draft(), name) for name in settings},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("end", [0, 1])
def test_the_ends_of_every_range_can_be_sent(name: str, end: int) -> None:
    value = RANGES[name][end]
    draft = Draft.of({"format": "text", name: value}, "Well?")
    assert getattr(draft, name) == value
    build_request("1", draft, ASKED)


@pytest.mark.parametrize("begin", [["x"], [1, -1], [True], [1.5], [[1]], {"a": 1}, 3, None])
def test_an_answer_that_began_with_neither_text_nor_tokens_opens_without(begin: object) -> None:
    restored = Answer.restore(3, node("done"), "an answer", KeptAnswer({"begin": begin}), "Well?")
    assert (restored.begin, restored.text) == ("", "an answer")


ERRORS: list[dict[str, object]] = [{"kind": []}, {"kind": "Cancelled"}, {"kind": "Cancelled", "message": 3}, {}]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_that_says_nothing_is_none(error: dict[str, object]) -> None:
    assert Answer.restore(3, node("failed"), "", KeptAnswer({}, None, error), "Well?").error is None


def test_an_error_is_read_for_what_it_says_alone() -> None:
    error = {"kind": "Cancelled", "message": "Stopped.", "where": 3, "to_json": 5, "args": [], "place": "here"}
    restored = Answer.restore(3, node("failed"), "", KeptAnswer({}, None, error), "Well?").error
    assert isinstance(restored, Cancelled)
    assert (restored.message, restored.where, restored.advice, str(restored)) == ("Stopped.", None, None, "Stopped.")
    assert restored.to_json()["kind"] == "Cancelled"


@pytest.mark.parametrize(
    "value",
    [
        {"start": "0", "end": 1},
        {"start": 0, "end": 1.5},
        {"start": -1, "end": 1},
        {"start": 2, "end": 1},
        {"start": 0, "end": 10},
        {"start": 0, "end": True},
        {"start": 0, "end": 1, "mean_probability": "sure"},
        {"start": 0, "end": 1, "mean_probability": float("nan")},
    ],
    ids=str,
)
def test_closed_values_that_stand_nowhere_in_the_text_are_left_out(value: dict[str, object]) -> None:
    kept = KeptAnswer({}, details={"closed": {"/a": value}})
    assert Answer.restore(3, node("done"), "an answer", kept, "Well?").closed == {}


TRACES: list[dict[str, object]] = [
    {"tokens": [["1", "a", "d"]]},
    {"tokens": [[1, 10**12, "d"]]},
    {"tokens": [[1, "a", "z"]]},
    {"tokens": [[1, "a", "d", "likely"]]},
    {"tokens": [[1, "a", "d", 0.5, []]]},
    {"tokens": [[1, "a", "d", 0.5, 0.1, [[2, "b", None, 1]]]]},
    {"tokens": [[1, "a", "d"]], "attempts": [["0", 1, ["b"]]]},
    {"tokens": [[1, "a", "d"]], "attempts": [[0, "many", ["b"]]]},
]


@pytest.mark.parametrize("trace", TRACES, ids=str)
def test_tokens_that_nobody_could_draw_are_left_out(trace: dict[str, object]) -> None:
    kept = KeptAnswer({}, trace=trace)
    assert len(Answer.restore(3, node("done"), "an answer", kept, "Well?").trace) == 0


@pytest.mark.parametrize("model", [{}, {"name": 3}])
def test_a_receipt_that_names_no_model_is_none(model: dict[str, object]) -> None:
    receipt = {"seed": 1, "finish_reason": "stop", "request": {}, "model": model}
    assert Answer.restore(3, node("done"), "an answer", KeptAnswer({}, receipt), "Well?").receipt is None


def node(state: MessageState) -> Node:
    return Node(2, 1, "assistant", state, 7, ASKED_AT)


def test_an_answer_comes_back_as_it_was_kept() -> None:
    error = TokenLimitReached("The answer was cut off.", where="/a", advice="Raise the limit.")
    answer = Answer("message-2", DRAFT, ASKED_AT, 3, 1, 2, state="failed", text='{"a": 1', tokens=4, forced=2)
    answer.closed = {"/a": Closed(6, 7, 0.9)}
    answer.error = error
    restored = Answer.restore(3, node("failed"), answer.text, answer.kept(), DRAFT.prompt)
    assert isinstance(restored.error, TokenLimitReached)
    assert restored.error.to_json() == error.to_json()
    restored.error = error
    assert restored == answer


def test_an_answer_that_was_still_being_written_was_cut_off() -> None:
    answer = Answer("1", DRAFT, ASKED_AT, state="writing", text="half")
    restored = Answer.restore(3, node("interrupted"), answer.text, answer.kept(), DRAFT.prompt)
    assert (restored.state, restored.text) == ("failed", "half")
    assert isinstance(restored.error, Cancelled)
    assert not restored.running


@pytest.mark.parametrize(("text", "format_"), [('{"a": 1}', "json"), ("It is [done].", "text")])
def test_an_answer_that_another_program_wrote_is_shown_as_what_it_looks_like(text: str, format_: str) -> None:
    restored = Answer.restore(3, node("done"), text, None, "Well?")
    assert (restored.draft.format, restored.draft.prompt, restored.state) == (format_, "Well?", "done")


def test_attached_text_follows_the_message_under_its_name() -> None:
    turn = Turn("user", "Read this.", (Attachment("a.txt", "text/plain", "Total: 3"),))
    assert turn.content == "Read this.\n\na.txt:\nTotal: 3"
    assert Turn("user", "", (Attachment("a.png", "image/png", "", b"png"),)).content == ""


def test_a_conversation_is_told_in_order_after_the_system_prompt() -> None:
    turns = [Turn("user", "One?"), Turn("assistant", "1"), Turn("assistant", ""), Turn("user", "Two?")]
    messages = build_request("1", replace(DRAFT, format="text"), turns).messages
    assert [(message.role, message.content) for message in messages] == [
        ("system", "Be brief."),
        ("user", "One?"),
        ("assistant", "1"),
        ("user", "Two?"),
    ]


def test_each_format_asks_for_its_constraint() -> None:
    asked = {
        "schema": MatchesSchema(schema_text=DRAFT.schema),
        "json": AnyJson(),
        "regex": MatchesRegex(pattern=DRAFT.regex),
        "lark": MatchesLark(grammar=DRAFT.lark),
        "text": Unconstrained(),
    }
    for name, constraint in asked.items():
        assert build_request("1", replace(DRAFT, format=name), ASKED).constraint == constraint  # type: ignore[arg-type]


def test_a_seed_asks_for_a_reproducible_run() -> None:
    assert build_request("1", DRAFT, ASKED).reproducible
    assert not build_request("1", replace(DRAFT, seed=None), ASKED).reproducible


def test_a_blank_system_prompt_is_not_sent() -> None:
    request = build_request("1", replace(DRAFT, system=" \n", format="text"), ASKED)
    assert [message.role for message in request.messages] == ["user"]
