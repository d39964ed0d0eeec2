"""packaging/dev.py: what decides an installation, on every platform."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]

PROJECT = '[project]\nname = "x"\ndependencies = ["a>=1"]\n[tool.ruff]\nline-length = 100\n'


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "packaging" / "dev.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_environment_is_made_again_when_what_it_holds_changes(dev: ModuleType) -> None:
    before = dev.stamp(PROJECT, "a==1.0", "3.11.7")
    assert dev.stamp(PROJECT, "a==1.1", "3.11.7") != before
    assert dev.stamp(PROJECT, "a==1.0", "3.12.1") != before
    assert dev.stamp(PROJECT.replace("a>=1", "a>=2"), "a==1.0", "3.11.7") != before


def test_the_environment_is_kept_when_only_lint_settings_change(dev: ModuleType) -> None:
    before = dev.stamp(PROJECT, "a==1.0", "3.11.7")
    assert dev.stamp(PROJECT.replace("100", "110"), "a==1.0", "3.11.7") == before


def test_every_direct_requirement_is_pinned(dev: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {normal(line.partition("==")[0]) for line in lines if "==" in line}
    assert {normal(re.split(r"[\[<>=~!;]", requirement)[0]) for requirement in wanted} <= pinned
    assert "==" in dev.bundled_model_requirement()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def test_the_interpreter_is_found_on_windows_and_elsewhere(dev: ModuleType) -> None:
    assert dev.venv_python(Path("v"), "win32") == Path("v/Scripts/python.exe")
    assert dev.venv_python(Path("v"), "darwin") == Path("v/bin/python")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_only_linux_runs_without_a_screen(
    dev: ModuleType, platform: str, environment: dict[str, str], expected: bool
) -> None:
    assert dev.has_screen(platform, environment) is expected


def test_durations_are_spelled(dev: ModuleType) -> None:
    assert [dev.elapsed(seconds) for seconds in (5, 65, 600)] == ["5 s", "1 min 05 s", "10 min 00 s"]


def test_an_unknown_benchmark_is_a_sentence(dev: ModuleType) -> None:
    with pytest.raises(dev.SetupError, match="Name a benchmark"):
        dev.bench(["no-such-bench"])


def test_packaging_never_shadows_the_package_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
