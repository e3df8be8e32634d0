"""Load options in llama.cpp's own terms: the parameters of a model and of a context."""

from __future__ import annotations

import ctypes
from typing import Any

from app.core.model import KvType, LoadOptions, ModelFacts
from app.engine.backends.embedded.library import Library
from app.hardware.probe import performance_cores
from app.hardware.search import batch_for, threads_for


class ModelParameters:
    """`values` go to llama.cpp by value, and the arrays they point to live as long as this object."""

    def __init__(self, library: Library, facts: ModelFacts, options: LoadOptions) -> None:
        api = library.api
        self.values = api.llama_model_default_params()
        self.values.n_gpu_layers = options.gpu_layers
        self.values.load_mode = _load_mode(api, options)
        self.values.use_extra_bufts = options.repack
        self._metadata = _without_tokenizer(api, facts)
        self.values.kv_overrides = self._metadata
        if not options.gpu_layers:
            self._devices = (ctypes.c_void_p * 1)()  # no device: else a GPU would take part in prefill
            self.values.devices = ctypes.addressof(self._devices)
        if options.split:
            self._split = (ctypes.c_float * max(api.llama_max_devices(), len(options.split)))(*options.split)
            self.values.tensor_split = self._split
        if options.cpu_experts:
            self._overrides = library.tensor_overrides(_experts_of(range(options.cpu_experts)))
            self.values.tensor_buft_overrides = ctypes.addressof(self._overrides)


def context_parameters(api: Any, facts: ModelFacts, options: LoadOptions) -> Any:
    """What is left to choose gets the value that suits where the layers are."""
    cores = performance_cores()
    kinds = {KvType.F16: api.GGML_TYPE_F16, KvType.Q8_0: api.GGML_TYPE_Q8_0}
    batch = options.micro_batch or batch_for(options.gpu_layers, options.cpu_experts, cores)
    wanted = api.llama_context_default_params()
    wanted.n_ctx = min(options.context_tokens, facts.context_tokens)
    wanted.n_batch = wanted.n_ubatch = batch
    wanted.n_outputs_max = 1  # else the compute buffer holds a row of logits for every token
    wanted.flash_attn_type = api.LLAMA_FLASH_ATTN_TYPE_AUTO
    wanted.type_k = wanted.type_v = kinds[options.kv_type]
    wanted.swa_full = False
    wanted.n_threads = wanted.n_threads_batch = options.threads or threads_for(facts.size_bytes, cores)
    wanted.op_offload = options.gpu_layers > 0
    wanted.no_perf = True
    return wanted


def _load_mode(api: Any, options: LoadOptions) -> int:
    """With a GPU llama.cpp knows best how to read the file, unless much of it stays in main memory."""
    if not options.mapped:
        return int(api.LLAMA_LOAD_MODE_NONE)
    return int(api.LLAMA_LOAD_MODE_AUTO if options.gpu_layers else api.LLAMA_LOAD_MODE_MMAP)


def _experts_of(layers: range) -> list[str]:
    """A pattern for the names of these layers' experts."""
    numbers = "|".join(map(str, layers))
    return [rf"blk\.({numbers})\.ffn_(gate|up|down|gate_up)_exps"]


def _without_tokenizer(api: Any, facts: ModelFacts) -> Any:
    """Let llama.cpp leave the tokenizer out: it is never asked (see `harmony`), and takes 60 MB and 0.5 s."""
    overrides = (api.llama_model_kv_override * 3)()  # the last one stays empty: the end
    overrides[0].tag = api.LLAMA_KV_OVERRIDE_TYPE_STR
    overrides[0].key = b"tokenizer.ggml.model"
    overrides[0].value.val_str = b"none"
    overrides[1].tag = api.LLAMA_KV_OVERRIDE_TYPE_INT
    overrides[1].key = f"{facts.architecture}.vocab_size".encode()
    overrides[1].value.val_i64 = facts.vocabulary
    return overrides
