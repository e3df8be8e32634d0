"""Whatever the computer: a plan never takes more than there is, more memory never makes it slower, and
nothing is refused that would fit.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.model import Device, KvType
from app.core.plan import AUTOMATIC, Overrides, Plan, Refusal
from app.hardware.fit import plan_for, released
from app.hardware.layout import Layouts, Split, room_bytes, usable_gpus
from app.hardware.machine import Machine, Memory, Processor
from app.hardware.search import batch_for, turn_s
from app.hardware.sizes import sizes_of
from tests.benchmarks.synthetic_model import CUT, SMALL
from tests.helpers import machines
from tests.helpers.full_size import architecture
from tests.helpers.machines import GB, card, computer

FULL_SIZE = architecture()
CUT_SIZE = architecture(CUT)


@st.composite
def gpus(draw: st.DrawFn, number: int) -> Device:
    total = draw(st.integers(1, 30 * GB))
    return Device(
        f"GPU{number}",
        draw(st.sampled_from(["NVIDIA GeForce RTX 3060", "AMD Radeon 8060S", "Apple M4", "Intel Arc", "?"])),
        is_gpu=True,
        total_bytes=total,
        free_bytes=draw(st.integers(0, total)),
        is_shared=draw(st.booleans()),
    )


@st.composite
def any_machine(draw: st.DrawFn) -> Machine:
    total = draw(st.integers(1 << 30, 40 * GB))
    cores = draw(st.integers(1, 32))
    return Machine(
        Processor("", cores, cores, cores, draw(st.sampled_from([(), ("AVX2",), ("NEON",)]))),
        Memory(total, draw(st.integers(0, total))),
        devices=tuple(draw(gpus(number)) for number in range(draw(st.integers(0, 2)))),
        bandwidth=draw(st.integers(0, 200 * GB)),
    )


contexts = st.sampled_from([None, 4096, 8192, 32_768, 131_072])
few = settings(max_examples=25)


@few
@given(any_machine(), contexts)
def test_memory_is_never_over(machine: Machine, context: int | None) -> None:
    plan = plan_for(FULL_SIZE, machine, Overrides(context_tokens=context))
    room = {device.name: room_bytes(device) for device in machine.devices}
    for found in (plan, plan.nearest) if isinstance(plan, Refusal) else (plan,):
        if isinstance(found, Plan):
            assert found.main_bytes <= machine.memory.available_bytes
            assert all(share.used_bytes <= room[share.device] for share in found.shares[1:])
            assert found.prefill_tokens_per_s > 0 and found.decode_tokens_per_s > 0
    if isinstance(plan, Refusal):
        assert plan.missing_bytes > 0


@few
@given(any_machine(), st.integers(0, 8 * GB), st.sampled_from([4096, 131_072]))
def test_more_memory_is_never_slower(machine: Machine, more: int, context: int) -> None:
    memory = machine.memory
    larger = replace(
        machine,
        memory=Memory(memory.total_bytes + more, memory.available_bytes + more),
        devices=tuple(
            replace(device, total_bytes=device.total_bytes + more, free_bytes=device.free_bytes + more)
            for device in machine.devices
        ),
    )
    wishes = Overrides(context_tokens=context)
    before, after = plan_for(FULL_SIZE, machine, wishes), plan_for(FULL_SIZE, larger, wishes)
    if isinstance(before, Plan):
        assert isinstance(after, Plan)
        assert turn_s(after) <= turn_s(before) * 1.000_001
    elif isinstance(after, Refusal):
        assert after.missing_bytes <= before.missing_bytes
        assert after.most_experts >= before.most_experts


@few
@given(any_machine(), st.sampled_from([4096, 131_072]))
def test_nothing_is_refused_that_would_fit(machine: Machine, context: int) -> None:
    """Every layout of the four-layer cut, by hand: each layer's experts and each number of layers per GPU."""
    plan = plan_for(CUT_SIZE, machine, Overrides(context_tokens=context))
    if isinstance(plan, Plan):
        return
    used = usable_gpus(machine.devices)
    free, total = machine.memory.available_bytes, machine.memory.total_bytes
    for counts in product(range(6), repeat=len(used)):
        for experts in range(5):
            split = Split(sum(counts), experts, counts)
            if split.gpu_layers > 5:
                continue
            batch = batch_for(split.gpu_layers, experts, machine.processor.performance_cores)
            sizes = sizes_of(CUT_SIZE, context, KvType.F16, batch)
            main, *others = Layouts(sizes, used).shares(split, free, total)
            taken = main.used_bytes + sum(share.used_bytes for share in others if share.is_shared)
            fits = taken <= free and all(
                share.used_bytes <= room_bytes(device) for share, device in zip(others, used, strict=True)
            )
            assert not fits, f"refused, but {split} fits"


def test_all_parts_of_a_model_are_somewhere() -> None:
    for machine in (machines.CPU_16, machines.GPU_8_RAM_32, machines.TWO_8, machines.M1_16):
        plan = plan_for(FULL_SIZE, machine, Overrides(context_tokens=8192))
        assert isinstance(plan, Plan)
        placed = sum(share.weights_bytes + share.experts_bytes for share in plan.shares)
        assert placed == sum(portion.size_bytes for portion in FULL_SIZE.portions)


@pytest.mark.parametrize(
    ("machine", "context"),
    [(machines.CPU_16, 32_768), (machines.GPU_12_RAM_16, 8192), (machines.GPU_24_RAM_32, 32_768)],
)
def test_unasked_the_context_is_as_large_as_costs_no_speed(machine: Machine, context: int) -> None:
    plan = plan_for(FULL_SIZE, machine)
    assert isinstance(plan, Plan)
    assert plan.options.context_tokens == context


def test_a_context_too_large_is_refused_with_the_largest_that_fits() -> None:
    refusal = plan_for(FULL_SIZE, machines.CPU_16, Overrides(context_tokens=131_072))
    assert isinstance(refusal, Refusal)
    assert refusal.nearest is not None and refusal.nearest.options.context_tokens == 65_536
    assert refusal.most_experts == 32, "the file itself is not too large"
    assert refusal.closest.options.kv_type is KvType.Q8_0, "which lacks least"


def test_what_a_person_decided_is_held_to() -> None:
    wishes = Overrides(4096, 20, 14, KvType.Q8_0, 3, 256, repack=False, mapped=True)
    plan = plan_for(FULL_SIZE, machines.GPU_8_RAM_32, wishes)
    assert isinstance(plan, Plan)
    options = plan.options
    told = (
        options.context_tokens, options.gpu_layers, options.cpu_experts, options.kv_type,
        options.threads, options.micro_batch, options.repack, options.mapped,
    )  # fmt: skip
    assert told == (4096, 20, 14, KvType.Q8_0, 3, 256, False, True)


def test_a_wish_that_does_not_fit_is_refused_with_what_does_without_it() -> None:
    refusal = plan_for(FULL_SIZE, machines.GPU_8_RAM_32, Overrides(8192, gpu_layers=25, cpu_experts=0))
    assert isinstance(refusal, Refusal)
    assert refusal.device == "CUDA0"
    assert refusal.missing_bytes > 5 * GB
    assert refusal.nearest == plan_for(FULL_SIZE, machines.GPU_8_RAM_32, Overrides(context_tokens=8192))


def test_a_gpu_wished_for_where_there_is_none_is_left_out() -> None:
    plan = plan_for(FULL_SIZE, machines.CPU_24, Overrides(8192, gpu_layers=25))
    assert isinstance(plan, Plan)
    assert plan.options.gpu_layers == 0


def test_memory_that_is_almost_gone_makes_a_plan_tight() -> None:
    tight, easy = (plan_for(FULL_SIZE, machine) for machine in (machines.CPU_16, machines.CPU_24))
    assert isinstance(tight, Plan) and tight.is_tight
    assert isinstance(easy, Plan) and not easy.is_tight


def test_a_small_model_has_one_thread() -> None:
    plan = plan_for(architecture(SMALL), machines.CPU_24)
    assert isinstance(plan, Plan)
    assert plan.options.threads == 1


def test_what_is_loaded_is_given_back_before_the_next_plan() -> None:
    before = computer(8, 33, 26, 60, card("NVIDIA GeForce RTX 4090", 25.3, 24.2))
    plan = plan_for(FULL_SIZE, before)
    assert isinstance(plan, Plan)
    (gpu,) = before.devices
    held = replace(before, devices=(replace(gpu, free_bytes=gpu.free_bytes - plan.shares[1].used_bytes),))
    assert plan_for(FULL_SIZE, held) != plan
    assert plan_for(FULL_SIZE, released(held, plan)) == plan_for(FULL_SIZE, before, AUTOMATIC)
