"""What is worth remembering about model files and this machine: small JSON files in the cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llama_cpp

from engine.library import joined_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BLOCK = 1 << 22


class Notebook:
    """A dictionary in a JSON file. A damaged or foreign file is an empty one; writing replaces it whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> Any:
        """Return what was noted under `key`, or None."""
        return self._read().get(key)

    def note(self, key: str, value: Any) -> None:
        """Write down a value; a cache folder that cannot be written to only costs time."""
        entries = self._read() | {key: value}
        partial = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(entries, indent=1), encoding="utf-8")
            partial.replace(self._path)
        except OSError:
            partial.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}


def model_sha256(parts: Sequence[Path], cache_dir: Path, progress: Callable[[float], None]) -> str:
    """Return the SHA-256 of a model in hex: its file's own, or that of the lines of its parts' digests."""
    count = len(parts)
    digests = [
        file_sha256(part, cache_dir, lambda done, before=index: progress((before + done) / count))  # type: ignore[misc]
        for index, part in enumerate(parts)
    ]
    return joined_hash(digests)


def file_sha256(path: Path, cache_dir: Path, progress: Callable[[float], None] = lambda _: None) -> str:
    """Return a file's SHA-256 in hex; computed once for each path, size and time of change."""
    notebook = Notebook(cache_dir / "hashes.json")
    facts = path.stat()
    key = f"{path.resolve()}:{facts.st_size}:{facts.st_mtime_ns}"
    known = notebook.get(key)
    if isinstance(known, str):
        return known
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            progress(done / facts.st_size)
    notebook.note(key, digest.hexdigest())
    return digest.hexdigest()


@cache
def machine() -> str:
    """Name this processor and this build of llama.cpp: the key under which measurements stay true."""
    names = [platform.machine(), platform.processor()]
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        facts = cpuinfo.read_text(encoding="utf-8", errors="replace")
        names += sorted({line for line in facts.splitlines() if line.startswith(("model name", "flags"))})
    names += [llama_cpp.__version__, llama_cpp.llama_print_system_info().decode(errors="replace")]
    names.append(str(os.cpu_count()))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
