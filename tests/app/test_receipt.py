from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.exchange import Answer
from app.models.receipt import ReceiptTable, receipt_rows
from engine.constraint.spec import MatchesSchema
from engine.model.protocol import ChatMessage, Enforcement, GenerateRequest, Receipt
from engine.store import Answer as KeptAnswer
from engine.store import Node

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester

    from engine.model.protocol import ModelInfo


@pytest.fixture
def receipt(model_info: ModelInfo) -> dict[str, Any]:
    made = Receipt(
        request=GenerateRequest(
            id="1",
            messages=(ChatMessage(role="user", content="hello"),),
            constraint=MatchesSchema(schema_text="{}"),
        ),
        model=model_info,
        finish_reason="stop",
        seed=7,
        schema_sha256="cd" * 32,
        enforcement=(
            Enforcement(pointer="/properties/a", keyword="type", how="mask"),
            Enforcement(pointer="/properties/a", keyword="if", how="rewritten"),
            Enforcement(pointer="/properties/a", keyword="uniqueItems", how="check"),
            Enforcement(pointer="/properties/a", keyword="title", how="annotation"),
        ),
        prompt_tokens=1204,
        generated_tokens=61,
        forced_tokens=34,
        decodes=30,
        first_token_s=0.3,
        total_s=1.3,
        started_at="2026-01-01T00:00:00Z",
        engine_version="0.1.0",
    )
    return made.model_dump(mode="json")


def shown(receipt: dict[str, Any]) -> dict[str, str]:
    table = ReceiptTable()
    table.show_receipt(receipt)
    return {table.data(table.index(row, 0)): table.data(table.index(row, 1)) for row in range(table.rowCount())}


def test_the_table_is_a_sound_model(qtmodeltester: ModelTester, receipt: dict[str, Any]) -> None:
    table = ReceiptTable()
    table.show_receipt(receipt)
    qtmodeltester.check(table, force_py=True)


def test_a_receipt_can_be_read(receipt: dict[str, Any]) -> None:
    rows = shown(receipt)
    assert rows["Tokens"] == "61, of which 34 forced"
    assert rows["Speed"] == "61 tokens a second"
    assert rows["Temperature"] == "0, greedy"
    assert rows["Format"] == "Schema"
    assert rows["Started"].startswith("2026-01-01 0") or rows["Started"].startswith("2025-12-31")


def test_each_keyword_says_in_words_how_it_is_held_to(receipt: dict[str, Any]) -> None:
    rows = shown(receipt)
    assert rows["Keywords"] == "1 masked, 1 rewritten, 1 checked, 1 noted"
    assert rows["/properties/a/type"] == "held to by the mask: nothing else can be written"
    assert rows["/properties/a/if"] == "said to the mask in other words, which mean the same"
    assert rows["/properties/a/uniqueItems"] == "checked on the finished values, and written again where it fails"
    assert rows["/properties/a/title"] == "a note: nothing is held to"


def test_a_receipt_says_how_often_a_check_failed(receipt: dict[str, Any]) -> None:
    assert "Written again" not in dict(receipt_rows(receipt))
    rows = dict(receipt_rows(receipt | {"rollbacks": 2, "discarded_tokens": 14}))
    assert rows["Written again"] == "2 times, where a check failed; 14 tokens taken back"


def test_the_whole_receipt_can_be_copied(receipt: dict[str, Any]) -> None:
    table = ReceiptTable()
    assert table.text == ""
    table.show_receipt(receipt)
    assert json.loads(table.text) == receipt


def test_a_receipt_of_no_known_time_is_read_all_the_same(receipt: dict[str, Any]) -> None:
    assert dict(receipt_rows(receipt | {"started_at": "soon"}))["Started"] == "not known"


def test_a_receipt_with_numbers_beyond_all_bounds_can_be_copied(receipt: dict[str, Any]) -> None:
    table = ReceiptTable()
    table.show_receipt(receipt | {"total_s": 10**400})
    assert table.rowCount() == 1
    assert "0" * 400 in table.text


def test_a_receipt_from_elsewhere_tells_nothing_that_a_server_does_not_tell(receipt: dict[str, Any]) -> None:
    far = receipt["model"] | {"endpoint": "https://models.example.org/v1"}
    rows = shown(receipt | {"model": far, "seed": None, "forced_tokens": 0})
    assert rows["Tokens"] == "61"
    assert "None" not in rows["Seed"]


def test_a_receipt_without_a_seed_is_there_again_when_its_thread_is_opened(receipt: dict[str, Any]) -> None:
    node = Node(7, 6, "assistant", "done", 2, "2026-01-01T00:00:00Z")
    kept = KeptAnswer(request={"format": "json"}, receipt=receipt | {"seed": None})
    assert Answer.restore(1, node, "{}", kept, "").receipt is not None
