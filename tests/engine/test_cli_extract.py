"""Extraction at the terminal: several files at once, known values, jobs that go on, and what a person corrected."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl
import pytest

from engine.cli import main
from engine.errors import DocumentError
from engine.store import Correction, Row, Store

if TYPE_CHECKING:
    from pathlib import Path

    from engine.store import Job

CLI = (sys.executable, "-m", "engine.cli")
LINE = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}
SCHEMA = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string", "maxLength": 40},
        "total": {"type": "number"},
        "lines": {"type": "array", "items": LINE},
    },
    "required": ["vendor", "total"],
    "additionalProperties": False,
}
FLAT = SCHEMA | {"properties": {key: SCHEMA["properties"][key] for key in ("vendor", "total")}}  # type: ignore[index]


def espalier(*arguments: object, profile: Path) -> subprocess.CompletedProcess[str]:
    command = [*CLI, *map(str, arguments), "--profile", str(profile)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number, vendor in enumerate(("Nordlicht", "Applegate"), start=1):
        (made / f"{number}.txt").write_text(f"INVOICE\n{vendor} Ltd\nTotal: {number}0.50 EUR\n", "utf-8")
    return made


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(FLAT), "utf-8")
    return path


def keep_job(profile: Path, schema: dict[str, object] = SCHEMA, *, finished: bool = True) -> Job:
    """Put a job into a profile that was read elsewhere; its first document was corrected."""
    record = {"vendor": "Nordlicht", "total": 15, "lines": [{"name": "a", "price": 1}, {"name": "b", "price": 2}]}
    shown = {"quote": "15", "spans": [[7, 9]], "places": [{"page": 3}], "probability": {"mean": 0.3, "min": 0.3}}
    cells = {
        "/vendor": {"value": "Nordlicht", "state": "exact"},
        "/total": shown | {"value": 15, "state": "normalised"},
    }
    plan = {
        "sources": [str(profile / "gone")],
        "schema": json.dumps(schema),
        "instructions": "Read.",
        "sampling": {},
        "reproducible": False,
        "model": "another",
    }
    with Store(profile) as store:
        job = store.jobs.open(plan, identity="1", name="Invoices")
        store.jobs.set_documents(job, ["a.pdf", "b.pdf"])
        store.jobs.save(job, Row("a.pdf", "done", sha256="12", record=record, cells=cells))
        if finished:
            store.jobs.save(job, Row("b.pdf", "failed", error=DocumentError("It is empty.").to_json()))
            store.jobs.settle(job)
        store.jobs.correct(job, [Correction("a.pdf", "/vendor", "edited", "Nordlicht AG")])
        return job


def test_one_run_writes_several_files_and_tells_how_right_it_is(
    profile: Path, schema: Path, folder: Path, tmp_path: Path
) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("document,vendor,total\n1,Nordlicht Ltd,10.50\n2,Somebody else,\n9,x,1\n", "utf-8")
    outs = [tmp_path / f"rows.{ending}" for ending in ("csv", "jsonl", "xlsx")]
    ran = espalier(
        "extract", folder, "--schema", schema, "--out", outs[0], "--export", outs[1], "--export", outs[2],
        "--truth", truth, "--review-below", 1, "--provenance", "--confidence", profile=profile,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    with outs[0].open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    rows = [json.loads(line) for line in outs[1].read_text("utf-8").splitlines()]
    assert [line["vendor"] for line in table] == [row["record"]["vendor"] for row in rows]
    assert all(row["cells"] for row in rows)
    assert openpyxl.load_workbook(outs[2]).sheetnames == ["Documents", "Provenance", "Legend"]
    assert "2 of 2 read, 0 failed (job 1)" in ran.stdout
    # Both totals and both vendors are less sure than certain.
    assert "4 values are less sure than 1" in ran.stdout
    assert {cell for row in rows for cell in row["review"]} == {"/vendor", "/total"}
    assert "Against known values of 2 documents" in ran.stdout
    told = {line.split()[0]: line.split() for line in ran.stdout.splitlines() if line.startswith(("vendor ", "all "))}
    assert told["vendor"][4] == "2"
    assert int(told["all"][1]) + int(told["all"][2]) + int(told["all"][3]) == 4
    assert "not among the documents: 9" in ran.stdout

    listed = espalier("jobs", profile=profile)
    assert "2 of 2 read, 0 failed" in listed.stdout
    # A finished job goes on by its number, with nothing to do: nothing is said of any document.
    again = espalier("extract", "--resume", 1, "--out", tmp_path / "again.jsonl", profile=profile)
    assert again.returncode == 0, again.stderr
    assert ".txt" not in again.stderr
    assert [json.loads(line)["record"] for line in (tmp_path / "again.jsonl").read_text("utf-8").splitlines()] == [
        row["record"] for row in rows
    ]
    # One field is read anew; the others stay.
    anew = espalier("extract", "--resume", 1, "--fields", "total", profile=profile)
    assert anew.returncode == 0, anew.stderr
    assert "1.txt: done" in anew.stderr
    unknown = espalier("extract", "--resume", 1, "--fields", "totle", profile=profile)
    assert (unknown.returncode, "no field totle" in unknown.stderr) == (1, True)


def test_another_schema_takes_over_what_still_applies(
    profile: Path, schema: Path, folder: Path, tmp_path: Path
) -> None:
    assert espalier("extract", folder, "--schema", schema, profile=profile).returncode == 0
    with Store(profile) as store:
        (job,) = store.jobs.all()
        store.jobs.correct(job, [Correction("1.txt", "/vendor", "edited", "Nordlicht AG")])
    properties = {"vendor": {"type": "string", "maxLength": 40}, "currency": {"enum": ["EUR", "USD"]}}
    wider = tmp_path / "wider.json"
    wider.write_text(json.dumps(FLAT | {"properties": properties, "required": ["vendor", "currency"]}), "utf-8")
    out = tmp_path / "rows.jsonl"
    ran = espalier("extract", "--after", 1, "--schema", wider, "--out", out, profile=profile)
    assert ran.returncode == 0, ran.stderr
    first, second = (json.loads(line)["record"] for line in out.read_text("utf-8").splitlines())
    assert first["vendor"] == "Nordlicht AG"
    assert set(second) == {"vendor", "currency"}
    assert "(job 2)" in ran.stdout


def test_jobs_are_listed_and_written_without_a_model(
    profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_job(profile)
    assert main(["jobs", "--profile", str(profile)]) == 0
    assert "2 of 2 read, 1 failed" in capsys.readouterr().out
    out, known = tmp_path / "rows.csv", tmp_path / "known.jsonl"
    asked = ["jobs", "export", "1", "--out", str(out), "--evaluation", str(known), "--unit", "lines"]
    assert main([*asked, "--review-below", "0.99", "--profile", str(profile)]) == 0
    told = capsys.readouterr().out
    assert "Known values of 1 document:" in told
    assert json.loads(known.read_text("utf-8")) == {"document": "a.pdf", "vendor": "Nordlicht AG"}
    with out.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [(line["item"], line["vendor"], line["lines.price"]) for line in table] == [
        ("1", "Nordlicht AG", "1"),
        ("2", "Nordlicht AG", "2"),
        ("", "", ""),
    ]
    # What was corrected needs no review.
    (listed,) = [line for line in told.splitlines() if "a.pdf" in line]
    assert "total" in listed
    assert "page 3" in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["extract", "--resume"], "No job is unfinished"),
        (["extract", "--resume", "7"], "Job 7 is not there"),
        (["extract", "x", "--after", "7", "--schema", "s.json"], "Job 7 is not there"),
        (["extract", "--resume", "1"], "was begun with another model"),
        (["jobs", "export", "1"], "Name a file to write"),
        (
            ["jobs", "export", "1", "--out", "rows.csv", "--unit", "items"],
            "Rows can be documents or lines, and not items",
        ),
        (["jobs", "export", "1", "--out", "rows.ods"], r"not as .ods"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    profile: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_job(profile)
    assert main([*arguments, "--profile", str(profile)]) == 1
    assert said in capsys.readouterr().err


def test_known_values_that_cannot_be_read_are_told_before_anything_runs(
    profile: Path, schema: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = tmp_path / "truth.jsonl"
    truth.write_text('{"vendor": "x"}\n', "utf-8")
    asked = ["extract", str(folder), "--schema", str(schema), "--truth", str(truth), "--profile", str(profile)]
    assert main(asked) == 1
    error = capsys.readouterr().err
    assert "truth.jsonl, line 1" in error
    with Store(profile) as store:
        assert store.jobs.all() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["extract", "documents"], "--schema is needed"),
        (["extract", "--schema", "s.json"], "a folder or a document is needed"),
        (["extract", "documents", "--resume", "1"], "leave out sources"),
        (["extract", "--resume", "1", "--again", "--schema", "s.json"], "leave out --schema, --again"),
        (["extract", "--resume", "newest"], "whole number"),
        (["extract", "d", "--schema", "s.json", "--review-below", "90"], "from 0 to 1"),
        (["extract", "d", "--schema", "s.json", "--fields", ","], "at least one"),
    ],
)
def test_a_command_line_that_is_wrong_is_refused(
    profile: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_job(profile)
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--profile", str(profile)])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
