"""Which llama.cpp this is: what it computes on, and whether it can put layers on a GPU.

It is asked in a process of its own (`python -m engine.model.build`): the library is large, can end a process where a
driver is broken, and is not wanted in the window's.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache

from engine.model.environment import host_environment

_SECONDS = 30
_NAMES = {"CUDA": "CUDA", "MTL": "Metal", "METAL": "Metal", "VULKAN": "Vulkan", "ROCM": "ROCm", "SYCL": "SYCL"}
"""How people call the backends that ggml names devices after, e.g. 'CUDA0' or 'Vulkan1'."""


@dataclass(frozen=True, slots=True)
class Build:
    """A build of llama.cpp on this machine.

    `device` is 'CPU', 'CUDA', 'Metal', 'Vulkan' and so on; `can_offload` tells whether layers can be put there;
    `system` names the devices and what of the processor is used, for people who look closely.
    """

    device: str
    can_offload: bool
    system: str


@cache
def describe_build() -> Build:
    """Return what this machine's llama.cpp is. The first call waits about half a second: make it on a worker.

    A library that cannot even be asked is one that computes on nothing; `system` says why.
    """
    command = [sys.executable, "-P", "-m", "engine.model.build"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env=host_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return Build(**json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError, TypeError) as error:
        return Build("none", False, f"llama.cpp cannot be asked: {error}")


def ask_build() -> Build:
    """Return what the llama.cpp of this process is; loads it."""
    import llama_cpp

    system = llama_cpp.llama_print_system_info().decode(errors="replace").strip(" |")
    if not llama_cpp.llama_supports_gpu_offload():
        return Build("CPU", False, system)
    devices = _devices()
    return Build(_called(devices[0] if devices else ""), True, " | ".join([*devices, system]))


def _devices() -> list[str]:
    """Return the names of ggml's devices but for the processor, e.g. 'CUDA0'; the binding has no names for these."""
    import llama_cpp.llama_cpp as low

    library = low._lib  # noqa: SLF001  # the only handle on what ggml exports besides llama.cpp
    try:
        count, get, name = library.ggml_backend_dev_count, library.ggml_backend_dev_get, library.ggml_backend_dev_name
    except AttributeError:
        return []
    count.restype, get.restype, name.restype = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_char_p
    get.argtypes, name.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
    names = [name(get(number)).decode(errors="replace") for number in range(count())]
    return [each for each in names if not each.upper().startswith(("CPU", "BLAS"))]


def _called(device: str) -> str:
    upper = device.upper()
    return next(
        (name for start, name in _NAMES.items() if upper.startswith(start)), device.rstrip("0123456789") or "GPU"
    )


def main() -> None:
    """Print the build as a line of JSON."""
    json.dump(asdict(ask_build()), sys.stdout)


if __name__ == "__main__":
    main()
