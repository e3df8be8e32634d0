"""Lay a model out over the memories of a computer as llama.cpp does, and find the fastest that fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.core.model import Device
from app.core.plan import MAIN_MEMORY, Share
from app.hardware.sizes import ENGINE_BYTES, GPU_ENGINE_BYTES, Sizes

GPU_RESERVE_BYTES = 1 << 30
"""Left free on a card with memory of its own: the driver's buffers, and the desktop. As llama.cpp does."""

SHARED_RESERVE_BYTES = 256 << 20
"""Left of what the system lets a GPU without its own memory take."""

_STEPS = 48
"""Layouts are tried layer by layer up to this many layers, in larger steps beyond."""


@dataclass(frozen=True, slots=True)
class Split:
    """`gpu_layers` from the last back, the output as one more, `counts` of them on each GPU; the experts of
    the first `cpu_experts` layers in main memory.
    """

    gpu_layers: int
    cpu_experts: int
    counts: tuple[int, ...]


def room_bytes(device: Device) -> int:
    """What may be used of a GPU's memory."""
    reserve = SHARED_RESERVE_BYTES if device.is_shared else GPU_RESERVE_BYTES
    return max(0, device.free_bytes - reserve)


def usable_gpus(devices: Sequence[Device]) -> tuple[Device, ...]:
    """Those llama.cpp would use: integrated ones only where there is no card."""
    gpus = [device for device in devices if device.is_gpu]
    cards = [device for device in gpus if not device.is_shared]
    return tuple(cards or gpus)


class Layouts:
    """All ways to lay one model out, at one context, over main memory and these GPUs."""

    def __init__(self, sizes: Sizes, gpus: Sequence[Device]) -> None:
        self._sizes = sizes
        self._gpus = gpus
        self._layers = len(sizes.layers)
        self._weights = _Sums(layer.weights for layer in sizes.layers)
        self._experts = _Sums(layer.experts for layer in sizes.layers)
        self._kv = _Sums(layer.kv for layer in sizes.layers)

    def splits(self, gpu_layers: int | None, cpu_experts: int | None) -> Iterator[Split]:
        """What can be tried, the two numbers held to where they are given; whether it fits is not asked."""
        step = -(-self._layers // _STEPS)
        slots = range(0, self._layers + 1 + step, step) if gpu_layers is None else (gpu_layers,)
        most = self._layers + 1 if self._gpus else 0
        for on_gpus in sorted({min(slot, most) for slot in slots}):
            first = max(0, self._layers + 1 - on_gpus)
            kept = range(first, self._layers + step, step) if on_gpus else (0,)
            for experts in kept if cpu_experts is None else (cpu_experts,):
                experts = min(experts, self._layers)
                for counts in self._counts(on_gpus, experts):
                    yield Split(on_gpus, experts if experts > first and on_gpus else 0, counts)

    def shares(self, split: Split, free_bytes: int, total_bytes: int) -> tuple[Share, ...]:
        """What each memory holds then; main memory, of which that much is free, comes first."""
        sizes, on_gpu = self._sizes, split.gpu_layers > 0
        first = self._layers + 1 - split.gpu_layers
        main = range(min(first, self._layers))
        kept = range(max(main.stop, split.cpu_experts))
        shares = [
            Share(
                MAIN_MEMORY,
                free_bytes,
                total_bytes,
                weights_bytes=sizes.embedding + self._weights.over(main) + (0 if on_gpu else sizes.output),
                experts_bytes=self._experts.over(kept),
                kv_bytes=self._kv.over(main),
                compute_bytes=sizes.compute if kept else 0,
                engine_bytes=ENGINE_BYTES + (GPU_ENGINE_BYTES if on_gpu else 0),
            )
        ]
        for device, count in zip(self._gpus, split.counts, strict=True):
            shares.append(self._gpu_share(device, range(first, first + count), kept.stop))
            first += count
        return tuple(shares)

    def _gpu_share(self, device: Device, slots: range, kept: int) -> Share:
        """`slots` are layers and, after the last, the output; experts before layer `kept` are not here."""
        sizes = self._sizes
        layers = range(slots.start, min(slots.stop, self._layers))
        output = sizes.output if slots.stop > self._layers and slots else 0
        upload = sizes.upload if layers and layers.start < kept else 0
        return Share(
            device.name,
            device.free_bytes,
            device.total_bytes,
            weights_bytes=self._weights.over(layers) + output,
            experts_bytes=self._experts.over(range(max(layers.start, kept), layers.stop)),
            kv_bytes=self._kv.over(layers),
            compute_bytes=sizes.compute + upload if slots else 0,
            is_shared=device.is_shared,
        )

    def _counts(self, gpu_layers: int, cpu_experts: int) -> Iterator[tuple[int, ...]]:
        """All on one GPU, each in turn, and filled one after the other in the engine's order."""
        count = len(self._gpus)
        if not gpu_layers:
            yield (0,) * count
            return
        for only in range(count):
            yield tuple(gpu_layers if index == only else 0 for index in range(count))
        if count > 1:
            yield self._filled(gpu_layers, cpu_experts)

    def _filled(self, gpu_layers: int, cpu_experts: int) -> tuple[int, ...]:
        """As much on each GPU as it has room for; what remains goes to the last."""
        counts, start, end = [], self._layers + 1 - gpu_layers, self._layers + 1
        kept = max(start, cpu_experts)
        for device in self._gpus[:-1]:
            stop = start
            while stop < end and self._fits(device, range(start, stop + 1), kept):
                stop += 1
            counts.append(stop - start)
            start = stop
        return (*counts, end - start)

    def _fits(self, device: Device, slots: range, kept: int) -> bool:
        return self._gpu_share(device, slots, kept).used_bytes <= room_bytes(device)


class _Sums:
    """The sum over any range of values, at once."""

    def __init__(self, values: Iterable[int]) -> None:
        self._up_to = [0, *accumulate(values)]

    def over(self, places: range) -> int:
        return self._up_to[places.stop] - self._up_to[places.start] if places else 0
