from __future__ import annotations

import json
from dataclasses import replace

from app.exchange import Answer, Closed, Draft, build_request
from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained
from engine.errors import Cancelled, TokenLimitReached

DRAFT = Draft(
    prompt="Häufig?", system="Be brief.", schema='{"type": "object"}', regex="[a-z]+", lark='start: "a"', seed=7
)
ASKED_AT = "2026-01-01T10:00:00+00:00"


def test_a_draft_comes_back_as_it_was_kept() -> None:
    assert Draft.from_text(DRAFT.to_text()) == DRAFT


def test_what_a_later_version_wrote_into_a_draft_is_left_out() -> None:
    kept = json.loads(DRAFT.to_text()) | {"format": "protobuf", "thumbs": "up"}
    assert Draft.from_text(json.dumps(kept)) == replace(DRAFT, format="text")


def test_an_answer_comes_back_as_it_was_kept() -> None:
    error = TokenLimitReached("The answer was cut off.", where="/a", advice="Raise the limit.")
    answer = Answer("1", DRAFT, ASKED_AT, "failed", text='{"a": 1', tokens=4, closed={"/a": Closed(6, 7, 0.9)})
    answer.error = error
    restored = Answer.from_text(answer.to_text())
    assert isinstance(restored.error, TokenLimitReached)
    assert restored.error.to_json() == error.to_json()
    restored.error = error
    assert restored == answer


def test_an_answer_that_was_still_being_written_was_cut_off() -> None:
    answer = Answer("1", DRAFT, ASKED_AT, "writing", text="half")
    restored = Answer.from_text(answer.to_text())
    assert (restored.state, restored.text) == ("failed", "half")
    assert isinstance(restored.error, Cancelled)
    assert not restored.running


def test_each_format_asks_for_its_constraint() -> None:
    asked = {
        "schema": MatchesSchema(schema_text=DRAFT.schema),
        "json": AnyJson(),
        "regex": MatchesRegex(pattern=DRAFT.regex),
        "lark": MatchesLark(grammar=DRAFT.lark),
        "text": Unconstrained(),
    }
    for name, constraint in asked.items():
        assert build_request("1", replace(DRAFT, format=name)).constraint == constraint  # type: ignore[arg-type]


def test_a_seed_asks_for_a_reproducible_run() -> None:
    assert build_request("1", DRAFT).reproducible
    assert not build_request("1", replace(DRAFT, seed=None)).reproducible


def test_a_blank_system_prompt_is_not_sent() -> None:
    request = build_request("1", replace(DRAFT, system=" \n", format="text"))
    assert [message.role for message in request.messages] == ["user"]
