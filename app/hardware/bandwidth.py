"""How fast this computer reads its main memory, which is what bounds the speed of decoding on a CPU."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

TOTAL_BYTES = 256 << 20
"""Read over and over; more than any processor's cache holds."""

LONGEST_S = 0.6


def measure_bandwidth(cores: int, free_bytes: int) -> int:
    """Bytes a second that `cores` threads read together, the best of several rounds; takes under a second.

    Gives 0 where there is not even memory for the trial.
    """
    import numpy as np

    piece_bytes = min(TOTAL_BYTES, free_bytes // 4) // cores
    if piece_bytes < 1 << 20:
        return 0
    # Filled, because the system gives out pages of zeros that are all one and the same.
    pieces = [np.ones(piece_bytes // 4, np.float32) for _ in range(cores)]
    best, ends_at = 0.0, time.monotonic() + LONGEST_S
    while not best or time.monotonic() < ends_at:
        best = max(best, cores * piece_bytes / _together([piece.max for piece in pieces]))
    return int(best)


def _together(reads: list[Callable[[], object]]) -> float:
    """Seconds until all reads are done, begun at the same moment on a thread each."""
    start = threading.Barrier(len(reads) + 1)

    def read_at_start(read: Callable[[], object]) -> None:
        start.wait()
        read()

    threads = [threading.Thread(target=read_at_start, args=(read,), name="bandwidth") for read in reads]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return max(time.perf_counter() - begun, 1e-9)
