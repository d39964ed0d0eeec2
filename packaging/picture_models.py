"""The page of models in real states, for its pictures: folders, a download under way, endpoints, what goes wrong.

The hub is served on this machine, and the models of the folders are headers before holes: they take no room.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, cast

from engine.model.bundled import bundled_model
from engine.remote.endpoint import Capabilities, Endpoint
from tests.engine.gguf.writing import LLAMA, gguf
from tests.engine.hub.loopback import LoopbackHub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from screenshots import Studio

    from app.pages.models.page import ModelsPage

    Steps = Iterator[Callable[[], bool]]

_REPOSITORY: Final = "HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"
_MODELS: Final = (
    ("Qwen2.5-1.5B-Instruct-Q5_K_M.gguf", 17, 13, 176, 1_130_000_000, 28, 1536, 12, 2, 32_768),
    ("Mistral-Nemo-Instruct-2407-Q6_K.gguf", 18, 14, 210, 10_060_000_000, 40, 5120, 32, 8, 131_072),
    ("Llama-3.3-70B-Instruct-Q4_K_M.gguf", 15, 12, 144, 42_520_000_000, 80, 8192, 64, 8, 131_072),
)
"""File, its type, type of its tensor and bytes a block of 256, size, layers, width, heads, groups, context."""
_KNOWN: Final = Capabilities(
    server="vllm",
    version="0.11.2",
    models=("Qwen/Qwen3-32B", "Qwen/Qwen3-8B"),
    structured="json_schema",
    logprobs=True,
    seed=True,
    tools=True,
    tokenize="/tokenize",
    context=32_768,
    checked_at="2026-03-18T09:02:00+00:00",
)


def furnish(home: Path) -> None:
    """Give a person a folder of models, one of them cut short, and LM Studio beside it."""
    folder = home / "Models"
    folder.mkdir(parents=True)
    (home / ".lmstudio" / "models").mkdir(parents=True)
    for name, kind, tensor, block, size, layers, width, heads, groups, context in _MODELS:
        values: dict[str, Any] = LLAMA | {
            "general.name": name.rpartition("-")[0],
            "general.file_type": kind,
            "llama.context_length": context,
            "llama.block_count": layers,
            "llama.embedding_length": width,
            "llama.attention.head_count": heads,
            "llama.attention.head_count_kv": groups,
            "tokenizer.chat_template": "{% for m in messages %}[INST]{{ m.content }}[/INST]{% endfor %}",
        }
        blocks = size // block
        head = gguf(values, {"blk.0.ffn_up.weight": ((256, blocks), tensor, 0)})
        path = folder / name
        path.write_bytes(head)
        os.truncate(path, len(head) + blocks * block)
    whole = folder / "llama-notes-v2.gguf"
    whole.write_bytes(gguf(LLAMA, {"w": ((64, 64), 0, 0)}, data=9_000))


def walk(studio: Studio) -> Steps:
    """Walk through the page: as it is found first, with everything on it, and with what goes wrong."""
    home = studio.session.profile / "home"
    furnish(home)
    os.environ["HOME"] = str(home)
    session, window = studio.session, studio.window
    with LoopbackHub(pace=0.02) as hub:
        bundled = bundled_model().read_bytes()
        hub.add(
            _REPOSITORY,
            {f"SmolLM2-135M-Instruct.{kind}.gguf": bundled for kind in ("Q4_K_M", "Q5_K_M", "Q8_0")},
            licence="apache-2.0",
        )
        hub.hold_after = 61_000_000
        os.environ["HF_ENDPOINT"] = hub.url
        window.show_page("Models")
        page = cast("ModelsPage", window.page("Models"))
        yield lambda: session.models.known and bool(session.downloads.rows) and bool(page.showing.key)
        yield studio.idle(300)
        yield from studio.picture("models-first")
        session.models.allow_usual(False)
        page.usual.hide()
        session.models.add_folder(home / "Models")
        session.endpoints.put(
            Endpoint(
                id="cluster", name="The cluster", url="https://gpu.example.org:8000/v1", model="Qwen/Qwen3-32B",
                concurrency=32, capabilities=_KNOWN,
            ),
            None,
        )  # fmt: skip
        yield lambda: len(session.models.entries) > len(_MODELS)
        page.tools.address.setText(_REPOSITORY)
        page.fetching.look_up(_REPOSITORY)
        yield lambda: page.listing.found is not None and bool(page.listing.found.models)
        page.fetching.do("found:1")
        yield hub.held.is_set
        yield studio.idle(400)
        page.list.choose("found:1")
        yield from studio.picture("models-found")
        yield from _walk_rows(studio, page)
        yield from _walk_dialogs(studio, page)


def _walk_rows(studio: Studio, page: ModelsPage) -> Steps:
    session, folder = studio.session, studio.session.profile / "home" / "Models"
    page.fetching.close_found()
    page.tools.address.clear()
    page.list.choose(str(bundled_model()))
    page.list.verticalScrollBar().setValue(0)
    session.benchmarks.run()
    yield lambda: session.benchmarks.running is None
    page.list.verticalScrollBar().setValue(0)
    yield studio.idle(200)
    yield from studio.picture("models")
    for name, key in (
        ("models-chosen", str(folder / _MODELS[0][0])),
        ("models-tight", str(folder / _MODELS[2][0])),
        ("models-broken", str(folder / "llama-notes-v2.gguf")),
        ("models-recommended", "recommended:4"),
        ("models-endpoint", "endpoint:cluster"),
    ):
        page.list.choose(key)
        page.side.model.load_with.show_more(shown=name == "models-chosen")
        yield studio.idle(200)
        yield from studio.picture(name)
    page.side.model.load_with.show_more(shown=False)
    page.list.choose(str(folder / _MODELS[0][0]))
    page.showing.side.load()
    yield lambda: page.trouble.error is not None
    yield studio.idle(200)
    yield from studio.picture("models-failed")
    page.trouble.withdraw()


def _walk_dialogs(studio: Studio, page: ModelsPage) -> Steps:
    page.elsewhere.edit("endpoint:cluster")
    if page.elsewhere.dialog is not None:
        yield from studio.picture_dialog("models-endpoint-editor", page.elsewhere.dialog)
        page.elsewhere.dialog.reject()
    page.elsewhere.add()
    if page.elsewhere.dialog is not None:
        yield from studio.picture_dialog("models-endpoint-new", page.elsewhere.dialog)
        page.elsewhere.dialog.reject()
    page.list.choose(str(bundled_model()))
    page.showing.side.edit_template()
    dialog = page.showing.side.dialog
    if dialog is not None:
        yield lambda: bool(dialog.rendered.whole)
        yield from studio.picture_dialog("models-template", dialog)
        dialog.text.write(dialog.text.whole + "{% for turn in messages %}")
        yield lambda: not dialog.keep.isEnabled()
        yield from studio.picture_dialog("models-template-broken", dialog)
        dialog.reject()
