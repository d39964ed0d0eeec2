"""Models fetched from a terminal: the same command goes on after Ctrl+C, and after a kill at any moment."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from engine.cli import main
from engine.hub import Download, Hub, waiting
from engine.network import Network
from engine.store import Store
from tests.engine.hub.loopback import LoopbackHub
from tests.engine.hub.test_download import NAME, REPOSITORY, SIZE, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 10


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with LoopbackHub() as served:
        served.add(REPOSITORY, {NAME: model()})
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield served


def test_a_model_is_downloaded_and_known_from_then_on(
    hub: LoopbackHub, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "download", REPOSITORY, "--profile", str(profile)]) == 0
    said = capsys.readouterr()
    path = profile / "models" / REPOSITORY / NAME
    assert said.out == f"{path}\n"
    assert "Checking some-model-Q4_K_M: 100%" in said.err
    with Store(profile) as store:
        kept = store.models.get(str(path))
    assert kept is not None
    assert (kept.origin, kept.size, kept.sha256) == ("downloaded", SIZE, _sha256())
    assert kept.source is not None
    assert kept.source["repository"] == REPOSITORY
    assert main(["models", "--profile", str(profile)]) == 0
    assert NAME in capsys.readouterr().out


def _sha256() -> str:
    return hashlib.sha256(model()).hexdigest()


def test_a_repository_of_several_models_asks_which(
    hub: LoopbackHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.add(REPOSITORY, {NAME: model(), "some-model-Q8_0.gguf": model(2)})
    command = ["models", "download", REPOSITORY, "--into", str(tmp_path / "here"), "--profile", str(tmp_path)]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "some-model-Q8_0" in said
    assert "--file" in said
    assert main([*command, "--file", "q8_0"]) == 0
    assert (tmp_path / "here" / "some-model-Q8_0.gguf").read_bytes() == model(2)


def test_a_recommended_model_is_downloaded_by_its_name(
    hub: LoopbackHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "recommended", "--profile", str(tmp_path)]) == 0
    assert "Qwen3 8B" in capsys.readouterr().out
    assert hub.asked == []
    hub.add("Qwen/Qwen3-8B-GGUF", {"Qwen3-8B-Q4_K_M.gguf": model(3), "Qwen3-8B-Q8_0.gguf": model(4)})
    assert main(["models", "download", "qwen3 8b", "--into", str(tmp_path), "--profile", str(tmp_path)]) == 0
    assert (tmp_path / "Qwen3-8B-Q4_K_M.gguf").read_bytes() == model(3)


def test_the_hash_of_a_file_that_nobody_vouches_for_is_told(
    hub: LoopbackHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = hub.put("/other.gguf", model())
    assert main(["models", "download", url, "--into", str(tmp_path), "--profile", str(tmp_path)]) == 0
    assert f"Nobody promises a hash for this file. Its SHA-256 is {_sha256()}" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for Ctrl+C to another process")
def test_ctrl_c_pauses_and_the_same_command_goes_on(hub: LoopbackHub, tmp_path: Path) -> None:
    command = ["models", "download", REPOSITORY, "--into", str(tmp_path), "--profile", str(tmp_path / "profile")]
    hub.hold_after = 200_000
    with started("-m", "engine.cli", *command) as process:
        assert hub.held.wait(60)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "The same command goes on from there" in said
    hub.gate.set()
    (paused,) = waiting(tmp_path)
    assert main(command) == 0
    assert (tmp_path / NAME).read_bytes() == model()
    assert hub.files_asked()[-1].length == SIZE - paused.done


CHILD = """
import json, os, sys
from pathlib import Path
from engine.hub import Download, HubFile
from engine.network import Network
file = HubFile(**json.loads(sys.argv[1]))
Download([file], Path(sys.argv[2]), Network(), lambda: None).run(lambda progress: None, lambda: False)
"""


def test_a_download_that_is_killed_at_any_moment_ends_with_the_right_file(hub: LoopbackHub, tmp_path: Path) -> None:
    """After each kill what has arrived is the beginning of the file, and the next go asks for the rest alone."""
    (file,) = Hub(Network(), token=lambda: None).files(REPOSITORY)
    chance = random.Random(8)
    part, whole = tmp_path / f"{NAME}.part", tmp_path / NAME
    moments = sorted(chance.sample(range(1, SIZE), KILLS - 3))
    arrived = 0
    # The last three are killed with all bytes there, while they check or rename; it may come too late for some.
    for moment in (*moments, SIZE, SIZE, SIZE):
        hub.hang_up()
        hub.sent, hub.hold_after = arrived, moment
        before = len(hub.files_asked())
        with started("-c", CHILD, json.dumps(vars(file)), str(tmp_path)) as process:
            waits_for_disk = chance.random() < 0.7
            while process.poll() is None and not _has(part, moment) and (waits_for_disk or not hub.held.is_set()):
                hub.held.wait(0.001)
            process.kill()
            process.communicate()
        asked = hub.files_asked()[before:]
        assert [each.length for each in asked] == ([SIZE - arrived] if asked else [])
        here = whole.read_bytes() if whole.exists() else part.read_bytes() if part.exists() else b""
        assert model().startswith(here)
        assert len(here) >= arrived
        arrived = len(here)
    assert arrived > moments[0]
    hub.hang_up()
    hub.hold_after = None
    (path,) = Download([file], tmp_path, Network(), lambda: None).run(lambda progress: None, lambda: False)
    assert path.read_bytes() == model()
    assert [left.name for left in tmp_path.iterdir()] == [NAME]


def _has(part: Path, size: int) -> bool:
    return part.exists() and part.stat().st_size >= size


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run Python for the length of the block."""
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
