"""The boundary to llama.cpp: weights, contexts, batches and tokens over its C interface, with typed errors.

Only the host process and its trials import this module. Nothing above it sees a pointer.
Reference: `llama.h` of llama.cpp, as bound by llama-cpp-python's low-level module.
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Self

import llama_cpp as lib
import llguidance.llamacpp
import numpy as np

from engine.errors import ModelFileInvalid
from engine.model.admission import RECURRENT
from engine.model.complaint import complaint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from llguidance import LLTokenizer
    from numpy.typing import NDArray

    from engine.model.protocol import CacheType

_LOG_LINES = 40
_COPIED_AT_ONCE = 512
"""Cells that are on their way from one context to another at once."""
_WARNING = 3  # GGML_LOG_LEVEL_WARN of ggml.h; the Python binding has no name for it
_log: deque[str] = deque(maxlen=_LOG_LINES)
_NO_FLASH = b"Flash Attention was auto, set to disabled"
"""What llama.cpp tells nowhere but in its log."""
_FLASH = {
    "auto": lib.LLAMA_FLASH_ATTN_TYPE_AUTO,
    "on": lib.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "off": lib.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}
_CACHE_TYPES = {"f16": lib.GGML_TYPE_F16, "q8_0": lib.GGML_TYPE_Q8_0, "q4_0": lib.GGML_TYPE_Q4_0}


@lib.llama_log_callback  # type: ignore[untyped-decorator]
def _keep_log(level: int, text: bytes, _data: object) -> None:
    if level >= _WARNING or _NO_FLASH in text:
        _log.append(text.decode(errors="replace").strip())


def start_backend() -> None:
    """Initialise llama.cpp once in this process; its warnings are kept for error messages, not printed."""
    lib.llama_log_set(_keep_log, None)
    lib.llama_backend_init()


def last_complaint() -> str:
    """Return why llama.cpp has just failed, as one clause, as far as its warnings tell; "" where they do not."""
    return complaint(_log)


def last_lines() -> str:
    """Return llama.cpp's last warnings as it wrote them."""
    return "\n".join(_log)


def uses_amx() -> bool:
    """Tell whether this build of llama.cpp computes with Intel AMX."""
    return b"AMX_INT8 = 1" in lib.llama_print_system_info()


class DecodeOutcome(Enum):
    """What `Context.decode` came back with."""

    OK = 0
    NO_ROOM = 1
    ABORTED = 2


class Weights:
    """A GGUF file, loaded. Close with `close()`; contexts must be closed first."""

    def __init__(
        self, path: Path, *, gpu_layers: int = 0, extra_buffers: bool = True, vocabulary_only: bool = False
    ) -> None:
        """Load `path`; `extra_buffers` lets llama.cpp repack weights for AMX and the like.

        Raises `ModelFileInvalid` with llama.cpp's reason.
        """
        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.use_extra_bufts = extra_buffers
        params.vocab_only = vocabulary_only
        _log.clear()
        self._path = path
        self._adapters: list[tuple[Any, float]] = []
        self._model = lib.llama_model_load_from_file(str(path).encode(), params)
        if not self._model:
            raise ModelFileInvalid(
                f"llama.cpp cannot load this model: {last_complaint() or 'no reason given'}.",
                where=str(path),
                advice="The file may be cut short or made for a newer llama.cpp: download it again or choose another.",
                log=last_lines(),
            )
        self._vocab = lib.llama_model_get_vocab(self._model)
        self.vocabulary_size: int = lib.llama_vocab_n_tokens(self._vocab)
        self.end_tokens = frozenset(
            token for token in range(self.vocabulary_size) if lib.llama_vocab_is_eog(self._vocab, token)
        )
        self._pieces: list[bytes] | None = None

    @property
    def pointer(self) -> Any:
        """The `llama_model *`, for contexts."""
        return self._model

    @property
    def obstacle(self) -> str | None:
        """Why no answers can be had from this kind of model, as a sentence; None where they can."""
        if not lib.llama_model_has_decoder(self._model) or lib.llama_model_has_encoder(self._model):
            return "This model reads texts, but does not go on with them: it is made for search or for translation."
        if lib.llama_model_is_recurrent(self._model) or lib.llama_model_is_hybrid(self._model):
            return RECURRENT
        return None

    def apply(self, adapter: Path, scale: float) -> None:
        """Load a LoRA adapter, for every context that is opened afterwards.

        Raises `ModelFileInvalid` where it was not made for these weights.
        """
        _log.clear()
        loaded = lib.llama_adapter_lora_init(self._model, str(adapter).encode())
        if not loaded:
            raise ModelFileInvalid(
                f"The adapter does not belong to this model: {last_complaint() or 'llama.cpp gives no reason'}.",
                where=str(adapter),
                advice="Choose an adapter that was made from this very model.",
            )
        if lib.llama_adapter_get_alora_n_invocation_tokens(loaded):
            raise ModelFileInvalid(
                "This adapter applies from certain words of a prompt on, which cannot be done here.",
                where=str(adapter),
                advice="Choose a plain LoRA adapter.",
            )
        self._adapters.append((loaded, scale))

    @property
    def adapters(self) -> tuple[tuple[Any, float], ...]:
        """The `llama_adapter_lora *` that were applied, with their scales, for contexts."""
        return tuple(self._adapters)

    @property
    def parameters(self) -> int:
        """How many weights there are."""
        return int(lib.llama_model_n_params(self._model))

    @property
    def layers(self) -> int:
        """How many layers can be put on a GPU, the output's included."""
        return int(lib.llama_model_n_layer(self._model)) + 1

    @property
    def trained_context(self) -> int:
        """The context length the model was trained with, in tokens."""
        return int(lib.llama_model_n_ctx_train(self._model))

    def metadata(self, key: str) -> str | None:
        """Return a value of the file's metadata as text, or None."""
        size = 1 << 16
        buffer = ctypes.create_string_buffer(size)
        length = lib.llama_model_meta_val_str(self._model, key.encode(), buffer, size)
        return None if length < 0 else buffer.value.decode(errors="replace")

    @property
    def chat_template(self) -> str | None:
        """The file's own Jinja chat template, or None."""
        template = lib.llama_model_chat_template(self._model, None)
        return template.decode(errors="replace") if template else None

    @property
    def quantization(self) -> str:
        """The file's quantization, e.g. 'Q4_1' or 'Q4_K_M', by the number its metadata gives."""
        number = self.metadata("general.file_type") or ""
        for name in dir(lib):
            if name.startswith("LLAMA_FTYPE_") and str(getattr(lib, name)) == number:
                return name.removeprefix("LLAMA_FTYPE_").removeprefix("MOSTLY_").removeprefix("ALL_")
        return "unknown"

    @property
    def end_token(self) -> int | None:
        """The token that ends a turn where a template names it, or None where the vocabulary has none."""
        token = int(lib.llama_vocab_eos(self._vocab))
        return None if token < 0 else token

    @property
    def begin_token(self) -> int | None:
        """The token that has to precede every prompt, or None where the model wants none."""
        if not lib.llama_vocab_get_add_bos(self._vocab):
            return None
        token = int(lib.llama_vocab_bos(self._vocab))
        return None if token < 0 else token

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of `text`; special tokens are recognised only where `special` is true."""
        encoded = text.encode()
        if not encoded:
            return []
        size = len(encoded) + 16
        buffer = (lib.llama_token * size)()
        count = lib.llama_tokenize(self._vocab, encoded, len(encoded), buffer, size, False, special)
        if count < 0:
            raise RuntimeError(f"llama_tokenize needs {-count} tokens for {len(encoded)} bytes")
        return list(buffer[:count])

    def piece(self, token: int) -> bytes:
        """Return the bytes a token stands for; empty for control tokens."""
        if self._pieces is None:
            self._pieces = [self._piece(each, special=False) for each in range(self.vocabulary_size)]
        return self._pieces[token]

    def spell(self, tokens: Sequence[int]) -> str:
        """Return tokens as text with special tokens spelled out: the exact prompt, for people."""
        return b"".join(self._piece(token, special=True) for token in tokens).decode(errors="replace")

    def _piece(self, token: int, *, special: bool) -> bytes:
        size = 256
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = lib.llama_token_to_piece(self._vocab, token, buffer, size, 0, special)
            if length >= 0:
                return buffer.raw[:length]
            size = -length

    def mask_tokenizer(self) -> LLTokenizer:
        """Build llguidance's tokenizer of this vocabulary: about half a second, once a model.

        Every end-of-generation token is passed, not only the EOS, or the mask would forbid some of them.
        """
        first = int(lib.llama_vocab_eos(self._vocab))
        ends = [first, *sorted(self.end_tokens - {first})]
        try:
            return llguidance.llamacpp.lltokenizer_from_vocab(self._vocab, n_vocab=self.vocabulary_size, eos_token=ends)
        except ValueError as error:
            raise ModelFileInvalid(
                f"The model's vocabulary cannot be used to hold answers to a schema: {error}.",
                where=str(self._path),
                advice="Choose another model.",
            ) from error

    def close(self) -> None:
        """Free the weights."""
        if self._model:
            lib.llama_model_free(self._model)
            self._model = None


@dataclass(frozen=True, slots=True)
class ContextShape:
    """The sizes of a context: `cells` of KV cache shared by `sequences`, decoded `batch` tokens at a time.

    `flash_attention` of "auto" is for a GPU, and used where the GPU has it. On a CPU its kernel takes up to five times
    as long for the few tokens that an answer grows by. Caches of other types than f16 need it.
    """

    cells: int
    sequences: int
    batch: int = 512
    threads: int = 1
    flash_attention: Literal["auto", "on", "off"] = "off"
    cache_type: CacheType = "f16"


class Context:
    """A llama context with one unified KV cache: sequences share cells, prefixes are copied by reference."""

    def __init__(self, weights: Weights, shape: ContextShape) -> None:
        params = lib.llama_context_default_params()
        params.n_ctx = shape.cells
        params.n_batch = shape.batch
        params.n_ubatch = shape.batch
        params.n_seq_max = shape.sequences + 1
        params.kv_unified = True
        params.n_threads = shape.threads
        params.n_threads_batch = shape.threads
        params.n_outputs_max = shape.sequences + 1
        params.flash_attn_type = _FLASH[shape.flash_attention]
        params.type_k = params.type_v = _CACHE_TYPES[shape.cache_type]
        _log.clear()
        self._context = lib.llama_init_from_model(weights.pointer, params)
        if not self._context:
            raise ModelFileInvalid(
                f"llama.cpp cannot open a context of {shape.cells:,} tokens: {last_complaint() or 'no reason given'}.",
                advice="Choose a shorter context, fewer lanes, or another type of cache.",
            )
        refused = any(_NO_FLASH.decode() in line for line in _log)
        self.flash_attention = shape.flash_attention != "off" and not refused
        self._apply(weights.adapters)
        self.shape = shape
        self._passage = shape.sequences  # the sequence that cells pass through on their way to another context
        self._memory = lib.llama_get_memory(self._context)
        self._vocabulary = weights.vocabulary_size
        self._batch = lib.llama_batch_init(shape.batch, 0, 1)
        self._abort_flag = ctypes.create_string_buffer(2)
        self._watch_abort_flag()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _apply(self, adapters: Sequence[tuple[Any, float]]) -> None:
        if not adapters:
            return
        pointers = (lib.llama_adapter_lora_p_ctypes * len(adapters))(*(pointer for pointer, _ in adapters))
        scales = (ctypes.c_float * len(adapters))(*(scale for _, scale in adapters))
        if lib.llama_set_adapters_lora(self._context, pointers, len(adapters), scales):
            raise ModelFileInvalid(f"The adapters cannot be applied: {last_complaint() or 'no reason given'}.")

    def _watch_abort_flag(self) -> None:
        """Let `abort()` stop a decode midway.

        llama.cpp asks a callback hundreds of times a decode; a Python one would cost ten times the decode
        itself. The C library's `strlen` over a flag of two bytes has the right shape: 0 goes on, 1 stops.
        """
        runtime = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        self._abort_callback = ctypes.cast(runtime.strlen, lib.ggml_abort_callback)
        lib.llama_set_abort_callback(
            self._context, self._abort_callback, ctypes.cast(self._abort_flag, ctypes.c_void_p)
        )

    def abort(self) -> None:
        """Make the running or next decode stop midway. Callable from any OS thread."""
        self._abort_flag.value = b"\x01"

    def forget_abort(self) -> None:
        """Let decodes run again."""
        self._abort_flag.value = b""

    def use_threads(self, threads: int) -> None:
        """Let the next decodes run on so many threads."""
        lib.llama_set_n_threads(self._context, threads, threads)

    def clear_batch(self) -> None:
        """Begin an empty batch."""
        self._batch.n_tokens = 0

    @property
    def batched(self) -> int:
        """How many tokens the batch holds."""
        return int(self._batch.n_tokens)

    def add(self, token: int, position: int, sequence: int, *, logits: bool) -> int:
        """Append a token to the batch and return its row."""
        batch, row = self._batch, self._batch.n_tokens
        batch.token[row] = token
        batch.pos[row] = position
        batch.n_seq_id[row] = 1
        batch.seq_id[row][0] = sequence
        batch.logits[row] = logits
        batch.n_tokens = row + 1
        return int(row)

    def decode(self) -> DecodeOutcome:
        """Compute the batch. The GIL is released meanwhile."""
        code = lib.llama_decode(self._context, self._batch)
        if code < 0:
            raise RuntimeError(f"llama_decode returned {code}: {last_complaint()}")
        return DecodeOutcome(code)

    def logits(self, row: int) -> NDArray[np.float32]:
        """Return the logits of a batch row: a view, shape (vocabulary,), valid until the next decode."""
        pointer = lib.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, shape=(self._vocabulary,))

    def share(self, source: int, target: int, length: int) -> None:
        """Let `target` begin with the first `length` cells of `source`, without computing them."""
        lib.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def send(self, sequence: int, target: Context, target_sequence: int, start: int, end: int) -> bool:
        """Copy the cells of positions `start` to `end` into a sequence of another context of the same weights.

        Returns whether `target` had room for them; without, it has none of them. The copy passes piece by piece, since
        the whole of it can be hundreds of megabytes.
        """
        for begin in range(start, end, _COPIED_AT_ONCE):
            stop = min(begin + _COPIED_AT_ONCE, end)
            if not target._take_state(self._state(sequence, begin, stop), target_sequence, begin, stop):
                target.cut(target_sequence, start)
                return False
        return True

    def save(self, sequence: int, length: int) -> bytes:
        """Return the first `length` cells of a sequence as bytes, for `restore` in a context of the same kind."""
        return bytes(self._state(sequence, 0, length))

    def restore(self, sequence: int, state: bytes, length: int) -> bool:
        """Let an empty sequence begin with the `length` cells that `save` returned; False where there is no room.

        What is not of a context of the same kind is refused in the same way.
        """
        return self._take_state((ctypes.c_uint8 * len(state)).from_buffer_copy(state), sequence, 0, length)

    def _state(self, sequence: int, start: int, end: int) -> ctypes.Array[ctypes.c_uint8]:
        lib.llama_memory_seq_cp(self._memory, sequence, self._passage, start, end)
        size = lib.llama_state_seq_get_size(self._context, self._passage)
        state: ctypes.Array[ctypes.c_uint8] = (ctypes.c_uint8 * size)()
        lib.llama_state_seq_get_data(self._context, state, size, self._passage)
        self.cut(self._passage, 0)
        return state

    def _take_state(self, state: ctypes.Array[ctypes.c_uint8], sequence: int, start: int, end: int) -> bool:
        if not lib.llama_state_seq_set_data(self._context, state, len(state), self._passage):
            self.cut(self._passage, 0)
            return False
        lib.llama_memory_seq_cp(self._memory, self._passage, sequence, start, end)
        self.cut(self._passage, 0)
        return True

    def cut(self, sequence: int, length: int) -> None:
        """Forget the cells of `sequence` from position `length` on."""
        lib.llama_memory_seq_rm(self._memory, sequence, length, -1)

    def clear(self) -> None:
        """Forget everything, so that the next decode is the same whatever ran before."""
        lib.llama_memory_clear(self._memory, False)

    def wipe(self) -> None:
        """Overwrite every cell: one that holds no number spoils what is computed beside it, even forgotten."""
        lib.llama_memory_clear(self._memory, True)

    def warm_up(self) -> bool:
        """Decode a token and forget it, so that the weights are in memory before anybody waits for an answer.

        Returns whether numbers came out: of damaged weights it may be none, and then every answer would be made up.
        """
        self.clear_batch()
        row = self.add(0, 0, 0, logits=True)
        self.decode()
        has_numbers = not np.isnan(self.logits(row)).any()
        self.clear_batch()
        self.clear()
        return has_numbers

    def close(self) -> None:
        """Free the context."""
        if self._context:
            lib.llama_batch_free(self._batch)
            lib.llama_free(self._context)
            self._context = None


def requantize(source: Path, target: Path, layout: str, threads: int) -> None:
    """Write the weights of `source` in another ggml type, e.g. 'F16'. Raises `ModelFileInvalid`."""
    params = lib.llama_model_quantize_default_params()
    params.ftype = getattr(lib, f"LLAMA_FTYPE_MOSTLY_{layout}", None) or getattr(lib, f"LLAMA_FTYPE_ALL_{layout}")
    params.allow_requantize = True
    params.nthread = threads
    _log.clear()
    code = lib.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params))
    if code:
        raise ModelFileInvalid(f"The weights cannot be laid out as {layout}: {last_complaint()}.", where=str(source))
