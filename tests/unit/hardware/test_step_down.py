"""Giving up one thing after the other until a model fits, and coming to an end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.model import LoadOptions
from app.hardware.step_down import is_for_memory, step_down


def steps(options: LoadOptions, layers: int = 24) -> list[LoadOptions]:
    taken: list[LoadOptions] = []
    smaller: LoadOptions | None = options
    while (smaller := step_down(smaller, layers)) is not None:
        taken.append(smaller)
    return taken


def test_experts_leave_the_gpu_first_and_the_context_shrinks_last() -> None:
    options = LoadOptions(8192, gpu_layers=25, cpu_experts=3, micro_batch=1024, repack=True)
    told = [(o.gpu_layers, o.cpu_experts, o.repack, o.context_tokens) for o in steps(options)]
    assert told == [
        (25, 9, True, 8192),
        (25, 15, True, 8192),
        (25, 21, True, 8192),
        (25, 24, True, 8192),
        (0, 0, False, 8192),
        (0, 0, False, 4096),
        (0, 0, False, 2048),
    ]


@given(
    st.builds(
        LoadOptions,
        context_tokens=st.integers(1, 1 << 20),
        gpu_layers=st.integers(0, 30),
        cpu_experts=st.integers(0, 30),
        repack=st.booleans(),
        mapped=st.booleans(),
    ),
    st.integers(1, 40),
)
def test_it_always_ends_and_never_takes_a_step_back(options: LoadOptions, layers: int) -> None:
    taken = [options, *steps(options, layers)]
    assert len(taken) < 20
    for before, after in pairwise(taken):
        assert after != before
        assert after.gpu_layers <= before.gpu_layers
        assert after.context_tokens <= before.context_tokens
        assert after.repack <= before.repack


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("unable to allocate CUDA0 buffer", True),
        ("failed to allocate buffer for kv cache", True),
        ("std::bad_alloc", True),
        ("cudaMalloc failed: out of memory", True),
        ("vk::Device::allocateMemory: ErrorOutOfDeviceMemory", True),
        ("missing tensor 'blk.1.attn_q.weight'", False),
        ("llama.cpp gave no reason", False),
    ],
)
def test_errors_of_memory_are_told_from_others(reason: str, expected: bool) -> None:
    assert is_for_memory(reason) is expected
