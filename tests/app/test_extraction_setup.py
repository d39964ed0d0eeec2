"""What a job is set up with, kept and taken from plans; and answers as they are written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from app.session.extraction import Setup
from app.session.extraction.growing import values_so_far
from app.session.extraction.setup import job_name
from engine.extraction import ExtractionPlan
from engine.model.protocol import Sampling

SCHEMA = '{"type": "object", "properties": {"vendor": {"type": "string"}}}'


def test_a_setup_is_the_same_after_it_was_kept() -> None:
    setup = Setup(
        (Path("/a"), Path("/b.pdf")), SCHEMA, "Invoice", 4, "Read.", grounding=False, second_look=True, max_tokens=300
    )
    assert Setup.from_json(json.loads(json.dumps(setup.to_json()))) == setup


def test_what_is_kept_in_another_form_is_as_if_it_had_not_been_said() -> None:
    kept = {"sources": "/a", "schema_text": 3, "schema_id": True, "grounding": "no", "max_tokens": 50, "stranger": 1}
    assert Setup.from_json(kept) == Setup(max_tokens=50)
    assert Setup.from_json(None) == Setup()


def test_a_job_that_was_begun_in_the_terminal_goes_on_as_it_was_begun() -> None:
    plan = ExtractionPlan(
        (Path("/a"),), SCHEMA, "Mine.", Sampling(seed=7), reproducible=True, max_tokens=99, seconds_per_document=None
    )
    setup = Setup.of_plan(plan, "Invoice", 4)
    assert setup.plan() == plan
    assert Setup.from_json(json.loads(json.dumps(setup.to_json()))).plan() == plan


def test_a_job_is_called_after_its_sources_and_the_day() -> None:
    day = date(2026, 11, 23)
    assert job_name(Setup((Path("/data/invoices"),)), day) == "invoices, 23 Nov"
    assert job_name(Setup((Path("/data/invoices"), Path("/x.pdf"))), day) == "invoices and 1 more, 23 Nov"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ('{"vendor": "Nordl', {"/vendor": "Nordl"}),
        ('{"vendor": "Nordlicht", "items": [{"price": 3.5}, {"na', {"/vendor": "Nordlicht", "/items/0/price": "3.5"}),
        ('{"vendor": null, "paid": true}', {"/paid": "true"}),
        ('{"to": {"name": "Wye"}, "total": 3', {"/to/name": "Wye", "/total": "3"}),
        ("{oops", {}),
    ],
)
def test_an_answer_shows_the_values_that_it_has_so_far(text: str, values: dict[str, str]) -> None:
    assert list(values_so_far(text).items()) == list(values.items())
