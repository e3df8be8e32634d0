"""How many tokens a second a model will be read and written with, told from where its parts lie.

Decoding is bound by memory: every token reads all weights once, of the experts only the chosen ones.
Prefill is bound by arithmetic, and by the experts that a GPU has to fetch from main memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.architecture import Architecture, Part
from app.core.model import KvType, LoadOptions
from app.core.plan import Share
from app.hardware.cards import Pace
from app.hardware.machine import Machine

FILLED_TOKENS = 1024
"""How far the context is filled when the rates are told."""

USUAL_BANDWIDTH = 30e9
"""Where none was measured: two channels of DDR4."""

CPU_SHARE = 0.95
CORE_BYTES_PER_S = 13e9
"""One core unpacks no more than this of four-bit weights a second, with AVX2 or NEON."""

SLOW_PART = 0.25
"""What is left of that without AVX2 or NEON."""

HANDOVER_S = 0.0005
"""For each layer whose experts lie in main memory while the rest of it is on a GPU."""

BUS_BYTES_PER_S = 12e9
"""PCI Express as it is reached."""

Q8_RATE = 0.6
"""Attention over eight-bit keys and values is slower, on some GPUs much."""

_CORE_WORK = {"AVX512": 45e9, "AVX2": 38e9, "NEON": 32e9}
"""Operations a second of one core in prefill, the best feature first."""

_SLOW_WORK = 8e9
_REPACK_WORK, _REPACK_READING = 1.3, 1.05
"""How much faster with the repacked copy of the experts."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """Tokens a second."""

    prefill: float
    decode: float


@dataclass(frozen=True, slots=True)
class Cpu:
    """What the fast cores reach together, in bytes and in operations a second."""

    reached: float
    work: float


def cpu_of(machine: Machine, threads: int) -> Cpu:
    """With so many threads, more than cores are of no use; without repacking."""
    features = machine.processor.features
    cores = min(threads, machine.processor.performance_cores)
    part = 1 if has_quick_cores(machine) else SLOW_PART
    reached = min((machine.bandwidth or USUAL_BANDWIDTH) * CPU_SHARE, cores * CORE_BYTES_PER_S * part)
    work = next((work for name, work in _CORE_WORK.items() if name in features), _SLOW_WORK)
    return Cpu(reached, cores * work)


def has_quick_cores(machine: Machine) -> bool:
    """Whether the processor has what four-bit arithmetic needs to be quick."""
    return any(name in machine.processor.features for name in _CORE_WORK)


class SpeedModel:
    """Tells the speeds of one model on one computer, however its parts are laid out."""

    def __init__(self, model: Architecture, machine: Machine, paces: Sequence[Pace]) -> None:
        """`paces` tell of the GPUs, in the order in which shares will tell of them."""
        facts = model.facts
        self._machine, self._paces = machine, paces
        self._layers = facts.layers
        self._chosen = facts.experts_used / facts.experts
        self._embedding_bytes = model.size_bytes(Part.EMBEDDING)
        experts, attention = (
            sum(portion.parameters for portion in model.by_type(part))
            for part in (Part.EXPERTS, Part.ATTENTION)
        )
        self._layer_work = 2 * (experts * self._chosen + attention) / facts.layers

    def speeds(self, options: LoadOptions, shares: Sequence[Share]) -> Speeds:
        """`shares` are main memory's and then each GPU's."""
        slower = Q8_RATE if options.kv_type is KvType.Q8_0 else 1.0
        prefill_s, decode_s = self._prefill_s(options, shares), self._decode_s(options, shares)
        return Speeds(slower / max(prefill_s, 1e-6), slower / max(decode_s, 1e-6))

    def _decode_s(self, options: LoadOptions, shares: Sequence[Share]) -> float:
        main, *gpus = shares
        read = self._read_bytes(main, options) - self._embedding_bytes  # only one row of it is read
        reached = cpu_of(self._machine, options.threads).reached
        total = read / (reached * (_REPACK_READING if main.repack_bytes else 1))
        for share, pace, layers in zip(gpus, self._paces, self._layers_of_gpus(options), strict=True):
            total += self._read_bytes(share, options) / pace.reached + layers * pace.pause_s
        return total + self._handed(options) * HANDOVER_S

    def _prefill_s(self, options: LoadOptions, shares: Sequence[Share]) -> float:
        main, *gpus = shares
        on_cpu = self._layers_on_cpu(options)
        cpu = cpu_of(self._machine, options.threads)
        work = cpu.work * (_REPACK_WORK if main.repack_bytes else 1)
        total = on_cpu * self._layer_work / work
        handed = self._handed(options)
        layer_bytes = main.experts_bytes / max(1, on_cpu + handed)
        if on_cpu:
            total = max(total, on_cpu * layer_bytes / cpu.reached / options.micro_batch)
        for share, pace, layers in zip(gpus, self._paces, self._layers_of_gpus(options), strict=True):
            total += layers * self._layer_work / pace.work
            total += (share.weights_bytes + share.experts_bytes) / pace.bandwidth / options.micro_batch
        return total + handed * layer_bytes / BUS_BYTES_PER_S / options.micro_batch

    def _read_bytes(self, share: Share, options: LoadOptions) -> float:
        """What one token reads of a memory."""
        filled = min(1.0, FILLED_TOKENS / options.context_tokens)
        return share.weights_bytes + share.experts_bytes * self._chosen + share.kv_bytes * filled

    def _layers_on_cpu(self, options: LoadOptions) -> int:
        """The output counts as one more layer of those on a GPU."""
        return max(0, min(self._layers, self._layers + 1 - options.gpu_layers))

    def _handed(self, options: LoadOptions) -> int:
        """Layers on a GPU whose experts are not."""
        return max(0, options.cpu_experts - self._layers_on_cpu(options)) if options.gpu_layers else 0

    def _layers_of_gpus(self, options: LoadOptions) -> Iterator[int]:
        yield from options.split or (options.gpu_layers,) * len(self._paces)
