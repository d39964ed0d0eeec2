"""One profile, a window and a terminal: two jobs run beside each other, one job runs once."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.documents import DocumentPool
from engine.errors import StoreError
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.model.client import ModelClient
from engine.store import Store

SCHEMA = json.dumps(
    {"type": "object", "properties": {"vendor": {"type": "string", "maxLength": 20}}, "required": ["vendor"]}
)


def fill(folder: Path, documents: int) -> Path:
    folder.mkdir()
    for number in range(documents):
        (folder / f"{number}.txt").write_text(f"INVOICE {number}\nNordlicht Ltd\n", "utf-8")
    return folder


def test_a_job_runs_once_at_a_time_and_two_jobs_beside_each_other(
    tmp_path: Path, profile: Path, model_client: ModelClient
) -> None:
    one, two = fill(tmp_path / "one", 16), fill(tmp_path / "two", 3)
    (tmp_path / "schema.json").write_text(SCHEMA, "utf-8")
    out = tmp_path / "rows.jsonl"
    arguments = [str(one), "--schema", str(tmp_path / "schema.json"), "--out", str(out), "--profile", str(profile)]
    with (
        subprocess.Popen(
            [sys.executable, "-m", "engine.cli", "extract", *arguments], stderr=subprocess.PIPE
        ) as terminal,
        Store(profile) as store,
        DocumentPool() as pool,
    ):
        while not any(store.jobs.coverage(job).ended for job in store.jobs.all()):
            assert terminal.poll() is None
            time.sleep(0.05)
        with pytest.raises(StoreError, match="running already"):
            ExtractionJob(ExtractionPlan((one,), SCHEMA), store, model_client, pool).run()
        assert ExtractionJob(ExtractionPlan((two,), SCHEMA), store, model_client, pool).run().done == 3
        terminal.communicate()
        assert terminal.returncode == 0
        assert len(store.jobs.all()) == 2
        assert ExtractionJob(ExtractionPlan((one,), SCHEMA), store, model_client, pool).run().done == 16
    assert len(out.read_text("utf-8").splitlines()) == 16
