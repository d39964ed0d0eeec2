"""Models elsewhere at the terminal: it is said where what is asked goes, and keys are no arguments."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine.cli import main
from engine.settings import KEY
from engine.store import Store
from tests.engine.keyrings import MemoryKeyring, using_keyring
from tests.engine.remote.scripted import Asked, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "properties": {"vendor": {"type": "string"}, "total": {"type": "number"}},
    "required": ["vendor", "total"],
    "additionalProperties": False,
}
KEY_VALUE = "sk-far-away-from-any-log-0123456789"


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    backend = MemoryKeyring()
    with using_keyring(backend):
        yield backend


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA), "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number, vendor in enumerate(("Nordlicht", "Applegate", "Brixton"), start=1):
        (made / f"{number}.txt").write_text(f"INVOICE\n{vendor} Ltd\nTotal: {number}0.50 EUR\n", "utf-8")
    return made


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Return a server that names one model and reads the second line of each document."""
    with ScriptedServer([reads], {"/v1/models": lists}) as running:
        yield running


def lists(asked: Asked) -> None:
    asked.json({"object": "list", "data": [{"id": "far-7b", "object": "model", "owned_by": "vllm"}]})


def reads(asked: Asked) -> None:
    text = asked.body["messages"][-1]["content"]
    lines = text.split("\n")
    record: dict[str, Any] = {"vendor": "Nobody Inc"}
    if "INVOICE" in lines:
        record = {"vendor": lines[lines.index("INVOICE") + 1], "total": lines[lines.index("INVOICE") + 2].split()[1]}
    asked.stream([json.dumps(record)])


def here(server: ScriptedServer) -> str:
    return server.url.split("//")[1].split("/")[0]


def run(capsys: pytest.CaptureFixture[str], *arguments: object, profile: Path) -> tuple[int, str, str]:
    code = main([*map(str, arguments), "--profile", str(profile)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_folder_is_read_elsewhere_and_it_is_said_where_it_goes(
    capsys: pytest.CaptureFixture[str], folder: Path, schema: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    rows = tmp_path / "rows.jsonl"
    code, out, err = run(
        capsys, "extract", folder, "--schema", schema, "--out", rows, "--provenance", "--endpoint", server.url,
        "--endpoint-model", "far-7b", "--concurrency", 2, profile=tmp_path / "profile",
    )  # fmt: skip
    assert code == 0
    assert err.startswith(f"Documents are sent to {here(server)}.\n")
    assert out.startswith("3 of 3 read")
    told = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    assert [line["record"] for line in told][1] == {"vendor": "Applegate Ltd", "total": 20.5}
    assert told[0]["model"] == {"name": "far-7b", "sha256": None, "endpoint": server.url}
    assert told[0]["cells"]["/total"]["quote"] == "10.50"
    assert {asked.body["model"] for asked in server.asked if asked.body} == {"far-7b"}
    before = len(server.asked)
    code, out, _ = run(
        capsys, "extract", "--resume", 1, "--endpoint", server.url, "--endpoint-model", "far-7b",
        profile=tmp_path / "profile",
    )  # fmt: skip
    assert (code, [asked for asked in server.asked[before:] if "INVOICE" in json.dumps(asked.body)]) == (0, [])


def test_the_key_comes_from_the_environment_and_stands_in_no_file(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    schema: Path,
    tmp_path: Path,
    server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAR_KEY", KEY_VALUE)
    rows = tmp_path / "rows.jsonl"
    code, out, err = run(
        capsys, "extract", folder, "--schema", schema, "--out", rows, "--provenance", "--endpoint", server.url,
        "--key-env", "FAR_KEY", profile=tmp_path / "profile",
    )  # fmt: skip
    assert code == 0
    assert {asked.headers.get("Authorization") for asked in server.asked} == {f"Bearer {KEY_VALUE}"}
    assert KEY_VALUE not in out + err
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY_VALUE.encode() not in path.read_bytes(), path


def test_a_variable_that_is_not_set_is_told_before_anything_is_sent(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, server: ScriptedServer
) -> None:
    code, _, err = run(
        capsys, "generate", "Hello", "--endpoint", server.url, "--key-env", "NO_SUCH_KEY", profile=tmp_path / "profile"
    )
    assert (code, err) == (1, "espalier: The variable NO_SUCH_KEY is not set, or is empty. (--key-env)\n")
    assert server.asked == []


def test_where_one_server_is_not_there_the_next_is_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, server: ScriptedServer
) -> None:
    with ScriptedServer([]) as gone:
        pass
    receipt = tmp_path / "receipt.json"
    code, out, err = run(
        capsys, "generate", "Who?", "--receipt", receipt, "--endpoint", gone.url, "--endpoint-model", "away",
        "--endpoint", server.url, "--endpoint-model", "far-7b", profile=tmp_path / "profile",
    )  # fmt: skip
    assert (code, out) == (0, '{"vendor": "Nobody Inc"}\n')
    assert err == f"These messages are sent to {here(gone)} and, where it is not there, to {here(server)}.\n"
    told = json.loads(receipt.read_text("utf-8"))
    assert told["model"]["name"] == "far-7b"
    assert [attempt["endpoint"] for attempt in told["attempts"]] == [gone.url]


def test_then_here_asks_the_model_on_this_machine(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, profile: Path
) -> None:
    with ScriptedServer([]) as gone:
        pass
    receipt = tmp_path / "receipt.json"
    code, out, _ = run(
        capsys, "generate", "Where?", "--regex", "here|there", "--receipt", receipt, "--endpoint", gone.url,
        "--endpoint-model", "away", "--then-here", profile=profile,
    )  # fmt: skip
    assert code == 0
    assert out.strip() in {"here", "there"}
    told = json.loads(receipt.read_text("utf-8"))
    assert told["model"]["endpoint"] is None
    assert told["model"]["sha256"]
    assert [attempt["endpoint"] for attempt in told["attempts"]] == [gone.url]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--endpoint-model", "m", "--endpoint", "http://a"),
        ("--key-env", "KEY"),
        ("--then-here",),
        ("--endpoint", "http://a", "--model", "file.gguf"),
    ],
    ids=["a model before its server", "a key of no server", "here behind nothing", "a file of a server"],
)
def test_options_that_belong_to_no_server_are_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(capsys, "generate", "Hello", *arguments, profile=tmp_path / "profile")
    assert stopped.value.code == 2


def test_nothing_is_sent_where_the_settings_forbid_the_network(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, server: ScriptedServer
) -> None:
    with Store(tmp_path / "profile") as store:
        store.settings.put(KEY, {"version": 1, "network": {"use": "never"}})
    code, _, err = run(capsys, "generate", "Hello", "--endpoint", server.url, profile=tmp_path / "profile")
    assert (code, server.asked) == (1, [])
    assert err.startswith("espalier: The network is off")


def test_servers_are_kept_under_names_with_their_keys_in_the_keyring(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    server: ScriptedServer,
    keyring: MemoryKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile = tmp_path / "profile"
    monkeypatch.setenv("FAR_KEY", KEY_VALUE)
    code, out, err = run(
        capsys, "endpoints", "add", server.url, "--name", "Cluster", "--key-env", "FAR_KEY", profile=profile
    )
    assert code == 0
    assert out.startswith(f"Cluster: {server.url}\n")
    assert "models: far-7b" in out
    assert err == f"{here(server)} is asked what it understands.\n"
    code, out, _ = run(capsys, "endpoints", profile=profile)
    assert out.splitlines()[1].split()[:3] == ["Cluster", "far-7b", "4"]
    asked = len(server.asked)
    code, out, err = run(capsys, "generate", "Who?", "--endpoint", "cluster", profile=profile)
    assert (code, len(server.asked)) == (0, asked + 1), "what was found out once is not asked again"
    assert server.asked[-1].headers["Authorization"] == f"Bearer {KEY_VALUE}"
    assert err == f"These messages are sent to {here(server)}.\n"
    code, _, err = run(capsys, "endpoints", "add", server.url, "--name", "cluster", "--unasked", profile=profile)
    assert (code, err.split(" Give")[0]) == (1, "espalier: There is a server called cluster.")
    code, out, _ = run(capsys, "endpoints", "probe", "Cluster", "--json", profile=profile)
    assert json.loads(out)["models"] == ["far-7b"]
    run(capsys, "endpoints", "remove", "Cluster", profile=profile)
    assert KEY_VALUE not in str(vars(keyring))
    code, _, err = run(capsys, "endpoints", "remove", "Cluster", profile=profile)
    assert (code, err.split(" `")[0]) == (1, "espalier: There is no server called Cluster.")


@pytest.mark.parametrize("name", ["", " ", "red\x1b[31m", "two\nlines"])
def test_a_name_that_cannot_be_shown_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    asked = ("endpoints", "add", "http://127.0.0.1:9/v1", "--unasked", "--name", name)
    code, out, told = run(capsys, *asked, profile=tmp_path / "profile")
    assert (code, out) == (1, "")
    assert "not a name" in told


def test_a_server_that_is_not_there_is_not_kept_unless_nobody_asks_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with ScriptedServer([]) as gone:
        pass
    profile = tmp_path / "profile"
    code, out, _ = run(capsys, "endpoints", "add", gone.url, "--name", "Away", profile=profile)
    assert (code, out) == (1, "")
    code, out, _ = run(capsys, "endpoints", "add", gone.url, "--name", "Away", "--unasked", profile=profile)
    assert (code, out) == (0, f"Away: {gone.url}\n")
    code, out, _ = run(capsys, "endpoints", profile=profile)
    assert [line.split()[0] for line in out.splitlines()] == ["Name", "Away"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_job_that_is_killed_goes_on_and_nothing_is_asked_twice_that_was_answered(
    folder: Path, schema: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    profile = tmp_path / "profile"
    command = [
        sys.executable, "-m", "engine.cli", "extract", folder, "--schema", schema, "--endpoint", server.url,
        "--endpoint-model", "far-7b", "--concurrency", 1, "--profile", profile,
    ]  # fmt: skip

    def hangs_at_one(asked: Asked) -> None:
        if "Brixton" in asked.body["messages"][-1]["content"]:
            asked.head()
            asked.hang()
        else:
            reads(asked)

    server.acts[:] = [hangs_at_one]
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert server.hanging.wait(60)
        running.kill()
        running.communicate()
    server.acts[:] = [reads]
    chats = server.chats
    ran = subprocess.run([str(part) for part in command], capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0
    assert ran.stdout.startswith("3 of 3 read, 0 failed")
    answered, again = (
        {line for asked in some for line in asked.body["messages"][-1]["content"].split("\n") if line.endswith(" Ltd")}
        for some in (chats, server.chats[len(chats) :])
    )
    assert again == {"Nordlicht Ltd", "Applegate Ltd", "Brixton Ltd"} - (answered - {"Brixton Ltd"})


@pytest.mark.parametrize("kept", [True, False])
def test_a_prompt_that_is_only_shown_is_sent_nowhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, keyring: MemoryKeyring, kept: bool
) -> None:
    del keyring

    def counts(asked: Asked) -> None:
        asked.json({"count": 3, "tokens": [1, 2, 3], "max_model_len": 4096})

    with ScriptedServer([reads], {"/v1/models": lists, "/tokenize": counts}) as server:
        if kept:
            assert run(capsys, "endpoints", "add", server.url, profile=tmp_path / "profile")[0] == 0
        before = len(server.asked)
        code, out, err = run(
            capsys, "generate", "Read this.", "--endpoint", server.url, "--show-prompt", profile=tmp_path / "profile"
        )
        assert (code, "Read this." in out) == (0, True)
        assert f"These messages would be sent to {here(server)}; nothing was sent." in err
        assert "are sent" not in err
        assert len(server.asked) == before
