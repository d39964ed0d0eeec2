"""What a model computed of instructions is there again after a restart, and nothing else is."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from engine.constraint.spec import MatchesSchema
from engine.model.prefixes import Prefixes
from engine.model.protocol import ChatMessage, Finished, GenerateRequest, ShrinkableSpan, Started

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from engine.model.llama import Weights
    from engine.model.protocol import RequestEvent
    from engine.model.scheduler import Scheduler
    from tests.engine.model.conftest import MakeScheduler

RULES = "Read the facts from the text and answer with JSON. " + " ".join(
    f"Rule {number} holds." for number in range(25)
)
SECRET = "The bank account of Anna Meyer, who is 34, is 5512."


def question(name: str, person: dict[str, Any], **fields: Any) -> GenerateRequest:
    messages = (ChatMessage(role="system", content=RULES), ChatMessage(role="user", content=SECRET))
    constraint = MatchesSchema(schema_text=json.dumps(person))
    return GenerateRequest(id=name, messages=messages, constraint=constraint, **fields)


@pytest.fixture
def answer(
    make_scheduler: MakeScheduler, run_all: Callable[[Scheduler], None], heard: list[RequestEvent]
) -> Callable[[GenerateRequest, Prefixes], tuple[Started, Finished]]:
    """Return what answers a request in a host of its own, which ends then."""

    def ask(request: GenerateRequest, prefixes: Prefixes) -> tuple[Started, Finished]:
        heard.clear()
        scheduler = make_scheduler(cells=1024, context=1024, lanes=2, prefixes=prefixes)
        scheduler.submit(request)
        run_all(scheduler)
        prefixes.close()
        (started,) = [event for event in heard if isinstance(event, Started)]
        (finished,) = [event for event in heard if isinstance(event, Finished)]
        return started, finished

    return ask


def test_a_host_that_is_started_again_reads_only_what_is_new_and_answers_the_same(
    answer: Callable[[GenerateRequest, Prefixes], tuple[Started, Finished]], person: dict[str, Any], tmp_path: Path
) -> None:
    first, said = answer(question("a", person), Prefixes(tmp_path / "kind"))
    again, repeated = answer(question("b", person), Prefixes(tmp_path / "kind"))
    assert first.shared_tokens == 0
    assert again.shared_tokens > 100
    assert repeated.text == said.text


def test_what_is_kept_ends_where_the_document_begins(
    answer: Callable[[GenerateRequest, Prefixes], tuple[Started, Finished]],
    person: dict[str, Any],
    weights: Weights,
    tmp_path: Path,
) -> None:
    span = ShrinkableSpan(message=1, start=0, end=len(SECRET))
    answer(question("a", person, shrink=span, priority="job"), Prefixes(tmp_path / "kind"))
    (path,) = (tmp_path / "kind").iterdir()
    found = Prefixes(tmp_path / "kind").read(_tokens_of(path))
    assert found is not None
    assert "Rule 24 holds." in weights.spell(found[0])
    assert "Anna" not in weights.spell(found[0])
    _, again = answer(question("b", person, shrink=span, priority="job"), Prefixes(tmp_path / "kind"))
    assert json.loads(again.text)["age"] == 34


def test_a_reproducible_request_takes_nothing_from_disk(
    answer: Callable[[GenerateRequest, Prefixes], tuple[Started, Finished]], person: dict[str, Any], tmp_path: Path
) -> None:
    answer(question("a", person), Prefixes(tmp_path / "kind"))
    started, _ = answer(question("b", person, reproducible=True), Prefixes(tmp_path / "kind"))
    assert started.shared_tokens == 0


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "gone"])
def test_a_damaged_file_costs_only_time(
    answer: Callable[[GenerateRequest, Prefixes], tuple[Started, Finished]],
    person: dict[str, Any],
    tmp_path: Path,
    damage: str,
) -> None:
    _, said = answer(question("a", person), Prefixes(tmp_path / "kind"))
    (path,) = (tmp_path / "kind").iterdir()
    content = path.read_bytes()
    opened = Prefixes(tmp_path / "kind")
    match damage:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "changed":
            path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        case "foreign":
            path.write_bytes(b"something else" * 10_000)
            opened = Prefixes(tmp_path / "kind")
        case _:
            path.unlink()
    started, again = answer(question("b", person), opened)
    assert started.shared_tokens == 0
    assert again.text == said.text


def test_a_state_of_another_model_is_refused_by_the_context_and_computed_instead(
    answer: Callable[[GenerateRequest, Prefixes], tuple[Started, Finished]], person: dict[str, Any], tmp_path: Path
) -> None:
    answer(question("a", person), Prefixes(tmp_path / "kind"))
    (path,) = (tmp_path / "kind").iterdir()
    foreign = Prefixes(tmp_path / "foreign")
    foreign.keep(_tokens_of(path), b"\1\0\0\0" * 5000)
    foreign.close()
    started, _ = answer(question("b", person), Prefixes(tmp_path / "foreign"))
    assert started.shared_tokens == 0


def test_the_beginnings_that_were_used_longest_ago_make_room(tmp_path: Path) -> None:
    kept = Prefixes(tmp_path / "kind", budget=25_000)
    for number in range(3):
        keep(kept, [number] * 100, size=9_000)
    assert [kept.longest([number] * 100) for number in range(3)] == [0, 100, 100]
    assert kept.read([1] * 100) is not None
    keep(kept, [3] * 100, size=9_000)
    assert [kept.longest([number] * 100) for number in range(4)] == [0, 100, 0, 100]
    assert Prefixes(tmp_path / "other", budget=12_000).longest([3] * 100) == 0
    assert len(list(tmp_path.rglob("*.prefix"))) == 1


def test_a_longer_beginning_takes_the_place_of_the_shorter_one(tmp_path: Path) -> None:
    kept = Prefixes(tmp_path / "kind")
    keep(kept, list(range(100)), size=100)
    keep(kept, list(range(200)), size=100)
    assert not kept.wants(list(range(100)))
    assert len(list((tmp_path / "kind").iterdir())) == 1


def test_what_is_too_large_to_be_kept_is_not_copied_out_of_the_context_again(tmp_path: Path) -> None:
    kept = Prefixes(tmp_path / "kind", budget=10_000)
    assert kept.wants([1] * 200)
    keep(kept, [1] * 200, size=20_000)
    assert not kept.wants([2] * 200)
    assert kept.wants([2] * 100)
    assert not list(tmp_path.rglob("*.prefix"))


def test_caches_may_be_cleared_while_a_host_runs(tmp_path: Path) -> None:
    kept = Prefixes(tmp_path / "kind")
    keep(kept, [1] * 100, size=100)
    shutil.rmtree(tmp_path)
    assert kept.read([1] * 100) is None
    assert kept.wants([1] * 100)


def keep(prefixes: Prefixes, tokens: Sequence[int], *, size: int) -> None:
    """Keep a beginning and wait until it is written."""
    prefixes.keep(tokens, bytes(size))
    prefixes.close()


def _tokens_of(path: Path) -> list[int]:
    import struct

    content = path.read_bytes()
    count = struct.unpack_from("<I", content, 8)[0]
    return list(struct.unpack_from(f"<{count}i", content, 44))
