"""One document to one request, and what the row says about what was read."""

import dataclasses
import hashlib
import json
from pathlib import Path

from engine.documents import Document, Page
from engine.extraction import ExtractionPlan
from engine.extraction.excerpts import Source
from engine.extraction.plan import CLOSING, DECODING, HEADING, INSTRUCTIONS
from engine.model.client import ModelClient
from engine.model.protocol import Sampling

SCHEMA = '{"type": "object", "properties": {"total": {"type": "number", "description": "What is to be paid."}}}'


def make_document(*pages: str) -> Document:
    numbered = tuple(Page(number, text) for number, text in enumerate(pages, start=1))
    return Document(Path("a.txt"), "0" * 64, "text", numbered)


def test_the_document_is_the_part_that_may_be_cut(model_client: ModelClient, tmp_path: Path) -> None:
    model = model_client.wait_until_ready()
    plan = ExtractionPlan((tmp_path,), SCHEMA)
    request = plan.request(plan.whole(Source(make_document("The total is 5.")), model), model)
    assert request.shrink is not None
    message = request.messages[request.shrink.message]
    assert message.role == "user"
    assert message.content[request.shrink.start : request.shrink.end] == "The total is 5."
    assert request.priority == "job"


def test_instructions_and_schema_come_first_and_are_the_same_for_all(model_client: ModelClient, tmp_path: Path) -> None:
    model = model_client.wait_until_ready()
    plan = ExtractionPlan((tmp_path,), SCHEMA, instructions="Read carefully.")
    one = plan.request(plan.whole(Source(make_document("one")), model), model)
    two = plan.request(plan.whole(Source(make_document("two")), model), model)
    assert one.messages[0] == two.messages[0]
    assert "Read carefully." in one.messages[0].content
    assert "What is to be paid." in one.messages[0].content


def test_text_that_cannot_fit_is_never_sent(model_client: ModelClient, tmp_path: Path) -> None:
    model = model_client.wait_until_ready()
    part = ExtractionPlan((tmp_path,), SCHEMA).whole(Source(make_document("word " * 600_000)), model)
    assert len(part.excerpts.text) == model.context * 8


def test_the_identity_is_what_decides_the_answers(model_client: ModelClient, tmp_path: Path) -> None:
    model = model_client.wait_until_ready()
    plan = ExtractionPlan((tmp_path,), SCHEMA)
    same = [ExtractionPlan((tmp_path / "." / "x" / "..",), SCHEMA), dataclasses.replace(plan, max_tokens=7)]
    assert {other.identity(model) for other in same} == {plan.identity(model)}
    other = [
        dataclasses.replace(plan, sources=(tmp_path / "x",)),
        dataclasses.replace(plan, schema_text="{}"),
        dataclasses.replace(plan, instructions="x"),
        dataclasses.replace(plan, sampling=Sampling(seed=1)),
        dataclasses.replace(plan, reproducible=True),
        dataclasses.replace(plan, grounding=False),
    ]
    assert len({plan.identity(model), *(each.identity(model) for each in other)}) == 7
    assert plan.identity(model.model_copy(update={"sha256": "x"})) != plan.identity(model)


def test_a_plan_comes_back_from_its_job(model_client: ModelClient, tmp_path: Path) -> None:
    model = model_client.wait_until_ready()
    plan = ExtractionPlan(
        (tmp_path / "a", tmp_path / "b.txt"),
        SCHEMA,
        instructions="Read.",
        sampling=Sampling(seed=4),
        reproducible=True,
        max_tokens=70,
        grounding=False,
        second_look=True,
        seconds_per_document=9.5,
    )
    kept = json.loads(json.dumps(plan.to_json(model)))
    assert ExtractionPlan.from_json(kept) == plan
    assert ExtractionPlan.from_json(kept).identity(model) == plan.identity(model)


def test_a_job_of_before_there_were_several_sources_is_found_again(model_client: ModelClient, tmp_path: Path) -> None:
    model = model_client.wait_until_ready()
    kept = {
        "folder": str(tmp_path),
        "schema": SCHEMA,
        "instructions": INSTRUCTIONS,
        "around": [HEADING, CLOSING],
        "sampling": Sampling().model_dump(mode="json"),
        "reproducible": False,
        "model": model.sha256,
        "grounding": DECODING,
    }
    identity = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
    assert ExtractionPlan.from_json(kept) == ExtractionPlan((tmp_path,), SCHEMA)
    assert ExtractionPlan((tmp_path,), SCHEMA).identity(model) == identity
