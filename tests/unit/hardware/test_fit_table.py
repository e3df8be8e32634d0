"""What is planned for computers as people have them, at 8,192 tokens, reviewed by hand.

By facts/engine.md: a layer is 424 MB of experts and 28 MB besides, the output 615 MB, the embedding as much
again and always in main memory; keys and values take 201 MB and some 20 for the windows; of a card 1 GiB
stays free. A token reads 2.6 GB.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.core.plan import Overrides, Plan, Refusal
from app.hardware.fit import plan_for
from app.hardware.layout import GPU_RESERVE_BYTES
from app.hardware.machine import Machine
from tests.helpers import machines
from tests.helpers.full_size import architecture
from tests.helpers.machines import GB, card, computer, shared

MODEL = architecture()
USUAL = Overrides(context_tokens=8192)


@dataclass(frozen=True, slots=True)
class Row:
    """`layers`: on GPUs, and of those with experts in main memory; `uses`: GB of main memory and each GPU."""

    machine: Machine
    layers: tuple[int, int]
    batch: int
    uses: tuple[float, ...]
    prefill: float
    decode: float
    repack: bool = False
    split: tuple[int, ...] = ()


TABLE = (
    # decode: 40 GB/s * 0.95 / 2.6 GB; an 11700K with such memory does 15.9 (engine.md)
    Row(machines.CPU_16, layers=(0, 0), batch=128, uses=(12.6,), prefill=38, decode=15),
    Row(machines.CPU_24, layers=(0, 0), batch=128, uses=(12.6,), prefill=50, decode=22),
    # 12.6 GB, and 10.2 GB once more for the repacked experts
    Row(machines.CPU_32, layers=(0, 0), batch=128, repack=True, uses=(22.8,), prefill=65, decode=23),
    # engine.md has 18.8 to 21.6 for such machines with somewhat slower memory
    Row(machines.CPU_64, layers=(0, 0), batch=128, repack=True, uses=(22.8,), prefill=150, decode=27),
    # no AVX2: four cores unpack 13 GB/s
    Row(machines.OLD_CPU_32, layers=(0, 0), batch=64, uses=(12.6,), prefill=5, decode=5),
    Row(machines.GPU_4_RAM_16, layers=(25, 22), batch=1024, uses=(10.7, 2.7), prefill=680, decode=19),
    Row(machines.GPU_8_RAM_16, layers=(25, 14), batch=1024, uses=(7.3, 6.1), prefill=930, decode=28),
    # engine.md: 12 to 14 layers of experts on the CPU; 36 tokens a second are published
    Row(machines.GPU_8_RAM_32, layers=(25, 13), batch=1024, uses=(6.9, 6.6), prefill=920, decode=39),
    # engine.md: 2 to 5 layers; 64 published
    Row(machines.GPU_12_RAM_16, layers=(25, 3), batch=1024, uses=(2.7, 10.8), prefill=1200, decode=60),
    Row(machines.GPU_12_RAM_32, layers=(25, 3), batch=1024, uses=(2.7, 10.8), prefill=2400, decode=88),
    # 10.9 of layers, 0.6 output, 0.2 KV, 0.1 compute
    Row(machines.GPU_16_RAM_16, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=2100, decode=82),
    # 132 published
    Row(machines.GPU_16_RAM_32, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=2100, decode=109),
    Row(machines.GPU_20_RAM_32, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=1800, decode=129),
    # 157 published
    Row(machines.GPU_24_RAM_16, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=4000, decode=164),
    # 225 published
    Row(machines.GPU_24_RAM_32, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=7900, decode=229),
    # the system lets the GPU have 12.0: the first layer stays on the cores
    Row(machines.M1_16, layers=(24, 0), batch=512, uses=(1.7, 11.4), prefill=170, decode=14),
    # about 26 published
    Row(machines.M4_16, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=440, decode=24),
    # about 55 published
    Row(machines.M4_PRO_24, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=880, decode=52),
    # 130 published
    Row(machines.M2_ULTRA_192, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=2400, decode=128),
    # 4.6 published for the GPU: the cores are quicker
    Row(machines.LAPTOP_16, layers=(0, 0), batch=128, uses=(12.6, 0.0), prefill=38, decode=29),
    Row(machines.LAPTOP_32, layers=(0, 0), batch=128, repack=True, uses=(22.8, 0.0), prefill=49, decode=31),
    # 45 published, of a file with wider attention
    Row(machines.STRIX_HALO, layers=(25, 0), batch=512, uses=(1.2, 11.8), prefill=510, decode=51),
    # no faster than one card of 16 GB would be: layer after layer
    Row(
        machines.TWO_12,
        layers=(25, 0),
        batch=512,
        uses=(1.2, 10.7, 1.2),
        prefill=1300,
        decode=87,
        split=(23, 2),
    ),
    Row(
        machines.TWO_8,
        layers=(25, 0),
        batch=512,
        uses=(1.2, 6.6, 5.3),
        prefill=1700,
        decode=103,
        split=(14, 11),
    ),
    # all on the large one, though it comes second
    Row(
        machines.SMALL_AND_LARGE,
        layers=(25, 0),
        batch=512,
        uses=(1.2, 0.0, 11.8),
        prefill=4000,
        decode=164,
        split=(0, 25),
    ),
    # llama.cpp leaves the integrated one alone
    Row(machines.CARD_AND_INTEGRATED, layers=(25, 14), batch=1024, uses=(7.3, 6.1), prefill=930, decode=28),
)


@pytest.mark.parametrize("row", TABLE)
def test_the_plan(row: Row) -> None:
    plan = plan_for(MODEL, row.machine, USUAL)
    assert isinstance(plan, Plan)
    options = plan.options
    assert (options.gpu_layers, options.cpu_experts) == row.layers
    assert (options.micro_batch, options.repack, options.split) == (row.batch, row.repack, row.split)
    assert options.context_tokens == 8192
    assert options.threads == row.machine.processor.performance_cores
    assert tuple(round(share.used_bytes / GB, 1) for share in plan.shares) == row.uses
    assert plan.prefill_tokens_per_s == pytest.approx(row.prefill, rel=0.06)
    assert plan.decode_tokens_per_s == pytest.approx(row.decode, rel=0.06)


@pytest.mark.parametrize("row", TABLE)
def test_memory_is_never_over(row: Row) -> None:
    plan = plan_for(MODEL, row.machine, USUAL)
    assert isinstance(plan, Plan)
    assert plan.main_bytes <= row.machine.memory.available_bytes
    for share in plan.shares[1:]:
        reserve = 0 if share.is_shared or not share.used_bytes else GPU_RESERVE_BYTES
        assert share.used_bytes + reserve <= share.free_bytes


@pytest.mark.parametrize(
    ("machine", "missing_gb", "experts", "file_gb"),
    [
        # 12.6 GB are needed where 5.5 are free; a pruned file of 10 experts is 12.1 - 10.2 * 22 / 32
        (machines.CPU_8, 7.1, 10, 5.1),
        # the card takes 6.2 of the 12.7, and 5.5 of what remains have room
        (machines.GPU_8_RAM_8, 0.9, 28, 10.8),
        # one memory for both, with the driver's part besides
        (machines.M1_8, 8.1, 6, 3.8),
    ],
)
def test_what_cannot_be_is_refused_with_what_could(
    machine: Machine, missing_gb: float, experts: int, file_gb: float
) -> None:
    refusal = plan_for(MODEL, machine, USUAL)
    assert isinstance(refusal, Refusal)
    assert refusal.device == ""
    assert refusal.missing_bytes / GB == pytest.approx(missing_gb, abs=0.06)
    assert refusal.most_experts == experts
    assert refusal.largest_file_bytes / GB == pytest.approx(file_gb, abs=0.06)
    assert refusal.nearest is None


@pytest.mark.parametrize(
    ("machine", "published"),
    [
        (computer(16, 67, 58, 70, card("NVIDIA RTX PRO 6000", 100, 96)), 383),
        (computer(16, 67, 58, 70, card("NVIDIA GeForce RTX 5090", 33, 32)), 363),
        (machines.GPU_24_RAM_32, 225),
        (machines.GPU_24_RAM_16, 157),
        (computer(8, 33, 26, 60, card("NVIDIA RTX 4000 SFF Ada Generation", 21, 20)), 87),
        (machines.GPU_12_RAM_16, 64),
        (machines.GPU_8_RAM_32, 36.4),
        (machines.GPU_16_RAM_32, 132),
        (computer(20, 128, 120, 200, shared("NVIDIA GB10", 125, "CUDA0"), features="NEON"), 83.4),
        (machines.M2_ULTRA_192, 130),
        (machines.M4_PRO_24, 55),
        (machines.M4_16, 26),
        (machines.STRIX_HALO, 45),
    ],
)
def test_the_speed_is_near_what_is_published(machine: Machine, published: float) -> None:
    plan = plan_for(MODEL, machine, USUAL)
    assert isinstance(plan, Plan)
    assert plan.decode_tokens_per_s == pytest.approx(published, rel=0.25)
