"""What is read from /proc and /sys, on trees laid out like real machines'."""

from pathlib import Path

import pytest

from app.hardware import linux
from app.hardware.machine import Gpu, Memory, Vendor


def lay_out(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def pci(address: str, vendor: str, device: str, kind: str = "0x030000") -> dict[str, str]:
    folder = f"sys/bus/pci/devices/{address}"
    return {f"{folder}/vendor": vendor, f"{folder}/device": device, f"{folder}/class": kind}


def test_gpus_of_three_makers_are_found_and_other_devices_are_not(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        {
            **pci("0000:00:02.0", "0x8086\n", "0x46a6\n"),
            **pci("0000:00:1f.0", "0x8086\n", "0x5182\n", "0x060100\n"),
            **pci("0000:01:00.0", "0x10de\n", "0x2684\n", "0x030200\n"),
            **pci("0000:03:00.0", "0x1002\n", "0x744c\n"),
            **pci("0000:04:00.0", "0x1af4\n", "0x1050\n"),
            "sys/bus/pci/devices/0000:03:00.0/mem_info_vram_total": "25753026560\n",
            "proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t NVIDIA RTX 4090\nIRQ: 1\n",
        },
    )
    assert linux.gpus(tmp_path) == (
        Gpu(Vendor.INTEL, "Intel GPU (0x46a6)"),
        Gpu(Vendor.NVIDIA, "NVIDIA RTX 4090"),
        Gpu(Vendor.AMD, "AMD GPU (0x744c)", 25_753_026_560),
    )


def test_a_driven_nvidia_gpu_counts_where_the_bus_is_hidden(tmp_path: Path) -> None:
    lay_out(tmp_path, {"proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: NVIDIA H200\n"})
    assert linux.gpus(tmp_path) == (Gpu(Vendor.NVIDIA, "NVIDIA H200"),)


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    assert linux.gpus(tmp_path) == ()
    assert linux.processor_name(tmp_path) == ""
    assert linux.features(tmp_path) == ()
    assert linux.fast_cores(tmp_path) == 0
    assert linux.limit_memory(Memory(8, 4), tmp_path) == Memory(8, 4)


@pytest.mark.parametrize(
    ("line", "features"),
    [
        ("flags\t\t: fpu pni avx avx2 fma f16c", ("SSE3", "AVX", "F16C", "FMA", "AVX2")),
        ("Features\t: fp asimd asimddp i8mm", ("NEON", "DOTPROD", "MATMUL_INT8")),
    ],
)
def test_features_carry_llama_cpps_names(tmp_path: Path, line: str, features: tuple[str, ...]) -> None:
    lay_out(tmp_path, {"proc/cpuinfo": f"processor : 0\nmodel name : Some CPU\n{line}\n"})
    assert linux.features(tmp_path) == features
    assert linux.processor_name(tmp_path) == "Some CPU"


def test_fast_cores_of_a_mixed_processor_leave_out_twins(tmp_path: Path) -> None:
    topology = {
        f"sys/devices/system/cpu/cpu{number}/topology/{name}": value
        for number, core in enumerate((0, 0, 4, 4, 8))
        for name, value in (("core_id", str(core)), ("physical_package_id", "0"))
    }
    lay_out(tmp_path, {"sys/devices/cpu_core/cpus": "0-3\n", **topology})
    assert linux.fast_cores(tmp_path) == 2


def test_a_containers_limit_narrows_the_memory(tmp_path: Path) -> None:
    group = "sys/fs/cgroup"
    stat = "anon 600\ninactive_file 100\n"
    used = {f"{group}/memory.current": "700\n", f"{group}/memory.stat": stat}
    lay_out(tmp_path, {f"{group}/memory.max": "1000\n", **used})
    assert linux.limit_memory(Memory(8000, 5000), tmp_path) == Memory(1000, 400)
    lay_out(tmp_path, {f"{group}/memory.max": "max\n"})
    assert linux.limit_memory(Memory(8000, 5000), tmp_path) == Memory(8000, 5000)


def test_the_narrowest_of_nested_groups_counts(tmp_path: Path) -> None:
    inner = "sys/fs/cgroup/user.slice/alcove.service"
    lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/alcove.service\n",
            f"{inner}/memory.max": "max\n",
            "sys/fs/cgroup/user.slice/memory.max": "1000\n",
            "sys/fs/cgroup/user.slice/memory.current": "300\n",
        },
    )
    assert linux.limit_memory(Memory(8000, 5000), tmp_path) == Memory(1000, 700)
    lay_out(tmp_path, {f"{inner}/memory.max": "500\n", f"{inner}/memory.current": "499\n"})
    assert linux.limit_memory(Memory(8000, 5000), tmp_path) == Memory(500, 1)


def test_the_older_kind_of_group(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/memory/docker/abc"
    lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n",
            f"{group}/memory.limit_in_bytes": "1000\n",
            f"{group}/memory.usage_in_bytes": "800\n",
            f"{group}/memory.stat": "inactive_file 10\ntotal_inactive_file 100\n",
        },
    )
    assert linux.limit_memory(Memory(8000, 5000), tmp_path) == Memory(1000, 300)
