"""Try every layout of a model on a computer, and tell the fastest that fits or the one that lacks least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.core.architecture import Architecture, Part
from app.core.model import KvType, LoadOptions
from app.core.plan import MAIN_MEMORY, Overrides, Plan, Share
from app.hardware.cards import pace_of
from app.hardware.layout import Layouts, Split, room_bytes, usable_gpus
from app.hardware.machine import Machine
from app.hardware.sizes import sizes_of
from app.hardware.speed import USUAL_BANDWIDTH, SpeedModel, has_quick_cores

LONG_CONTEXT = 65_536
"""From here on keys and values may be kept in eight bits where there is no room for more."""

MAIN_RESERVE_BYTES = 1 << 30
"""With less of main memory left free than this, a plan is tight."""

SMALL_MODEL_BYTES = 256 << 20
"""A model this small is quicker on one thread: its layers take less time than threads to meet."""

CPU_BATCH, MANY_CORES_BATCH, GPU_BATCH, FETCHING_BATCH = 64, 128, 512, 1024
"""Tokens evaluated in one go: small on a CPU, so that a stop in prefill is felt at once; large where a GPU
has to fetch experts from main memory for each."""

MANY_CORES = 4

_PROMPT, _ANSWER = 512, 256
"""The tokens of a turn that a plan is to be quick for."""

_REPACKED = ("MXFP4", "Q4_0", "IQ4_NL")


def threads_for(size_bytes: int, performance_cores: int) -> int:
    """How many threads are quickest."""
    return 1 if size_bytes <= SMALL_MODEL_BYTES else performance_cores


def batch_for(gpu_layers: int, cpu_experts: int, performance_cores: int) -> int:
    """The micro-batch for where the layers are."""
    if gpu_layers:
        return FETCHING_BATCH if cpu_experts else GPU_BATCH
    return MANY_CORES_BATCH if performance_cores > MANY_CORES else CPU_BATCH


def turn_s(plan: Plan) -> float:
    return _PROMPT / plan.prefill_tokens_per_s + _ANSWER / plan.decode_tokens_per_s


@dataclass(frozen=True, slots=True)
class Lack:
    """A plan that does not fit, the memory that is too small and by how much."""

    plan: Plan
    device: str
    missing_bytes: int


class Search:
    """Tries every layout of one model on one machine."""

    def __init__(
        self, model: Architecture, machine: Machine, overrides: Overrides, experts: int | None = None
    ) -> None:
        """`experts`: as if each layer had only so many."""
        self._model, self._machine, self._overrides, self._experts = model, machine, overrides, experts
        self._gpus = usable_gpus(machine.devices)
        self._room = {device.name: room_bytes(device) for device in self._gpus}
        paces = [pace_of(device, float(machine.bandwidth or USUAL_BANDWIDTH)) for device in self._gpus]
        self._speed = SpeedModel(model, machine, paces)

    def plan(self, context_tokens: int) -> Plan | None:
        """The fastest that fits, those that leave memory to others first; None where nothing does."""
        fitting = (plan for plan in self._plans(context_tokens) if not self._lacks(plan))
        return min(fitting, key=lambda plan: (plan.is_tight, turn_s(plan)), default=None)

    def lack(self, context_tokens: int) -> Lack:
        """What is missing in the plan that lacks least."""
        closest = min(self._plans(context_tokens), key=lambda plan: sum(self._lacks(plan).values()))
        lacks = self._lacks(closest)
        device = max(lacks, key=lambda name: lacks[name], default=MAIN_MEMORY)
        return Lack(closest, device, lacks.get(device, 0))

    def _lacks(self, plan: Plan) -> dict[str, int]:
        """Bytes that each memory is short of."""
        over = {share.device: share.used_bytes - self._room[share.device] for share in plan.shares[1:]}
        over[MAIN_MEMORY] = plan.main_bytes - self._machine.memory.available_bytes
        return {device: missing for device, missing in over.items() if missing > 0}

    def _plans(self, context_tokens: int) -> Iterator[Plan]:
        for kv_type in self._kv_types(context_tokens):
            for batch in self._batches():
                sizes = sizes_of(self._model, context_tokens, kv_type, batch, self._experts)
                layouts = Layouts(sizes, self._gpus)
                for split in layouts.splits(self._overrides.gpu_layers, self._overrides.cpu_experts):
                    if batch == self._batch(split):
                        options = self._options(split, sizes.context_tokens, kv_type, batch)
                        yield from self._with_repack(layouts, split, options)

    def _with_repack(self, layouts: Layouts, split: Split, options: LoadOptions) -> Iterator[Plan]:
        """The plan without and, where that helps, with the faster copy of the experts."""
        memory, wish = self._machine.memory, self._overrides.repack
        main, *gpus = layouts.shares(split, memory.available_bytes, memory.total_bytes)
        if wish is not True:
            yield self._told(replace(options, repack=False), (main, *gpus))
        repacked = self._repacked_bytes(main.experts_bytes) if not split.gpu_layers or wish else 0
        if repacked and wish is not False:
            yield self._told(replace(options, repack=True), (replace(main, repack_bytes=repacked), *gpus))
        elif wish:
            yield self._told(replace(options, repack=True), (main, *gpus))

    def _told(self, options: LoadOptions, shares: tuple[Share, ...]) -> Plan:
        speeds = self._speed.speeds(options, shares)
        if len(self._gpus) < 2:
            options = replace(options, split=())
        plan = Plan(options, shares, speeds.prefill, speeds.decode)
        left = plan.free_bytes - plan.main_bytes
        return replace(plan, is_tight=True) if left < MAIN_RESERVE_BYTES else plan

    def _options(self, split: Split, context: int, kv_type: KvType, batch: int) -> LoadOptions:
        wish, facts = self._overrides, self._model.facts
        cores = self._machine.processor.performance_cores
        return LoadOptions(
            context_tokens=context,
            threads=wish.threads or threads_for(facts.size_bytes, cores),
            gpu_layers=split.gpu_layers,
            cpu_experts=split.cpu_experts,
            split=split.counts,
            kv_type=kv_type,
            micro_batch=batch,
            mapped=not split.cpu_experts if wish.mapped is None else wish.mapped,
        )

    def _kv_types(self, context_tokens: int) -> tuple[KvType, ...]:
        if self._overrides.kv_type is not None:
            return (self._overrides.kv_type,)
        return (KvType.F16, KvType.Q8_0) if context_tokens >= LONG_CONTEXT else (KvType.F16,)

    def _batches(self) -> set[int]:
        if self._overrides.micro_batch is not None:
            return {self._overrides.micro_batch}
        cores = self._machine.processor.performance_cores
        return {batch_for(0, 0, cores), GPU_BATCH, FETCHING_BATCH} if self._gpus else {batch_for(0, 0, cores)}

    def _batch(self, split: Split) -> int:
        cores = self._machine.processor.performance_cores
        return self._overrides.micro_batch or batch_for(split.gpu_layers, split.cpu_experts, cores)

    def _repacked_bytes(self, experts_bytes: int) -> int:
        """How much the copy takes of these experts: only some types have one, on cores with the features."""
        portions = self._model.by_type(Part.EXPERTS)
        kinds = sum(portion.size_bytes for portion in portions if portion.type in _REPACKED)
        whole = sum(portion.size_bytes for portion in portions)
        return experts_bytes * kinds // whole if whole and has_quick_cores(self._machine) else 0
