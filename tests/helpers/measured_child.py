"""The engine child as it is, but writing down its own processor time outside decoding and sampling.

    python -m tests.helpers.measured_child CACHE_FOLDER OUT.npy

After every job OUT.npy holds two columns, one row a decoded token: the monotonic clock, and the seconds of
processor time that the job's thread has spent outside `decode`, `logits` and `pick` so far.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.backends.embedded import sampler
from app.engine.backends.embedded.backend import EmbeddedBackend
from app.engine.backends.embedded.context import Context
from app.engine.child import Child


class Watch:
    """Sums up what the watched functions take."""

    def __init__(self) -> None:
        self.inside_s = 0.0
        self.rows: list[tuple[float, float]] = []

    def watched(self, function: Callable[..., Any], *, is_step: bool = False) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any) -> Any:
            started_s = time.thread_time()
            result = function(*arguments)
            ended_s = time.thread_time()
            self.inside_s += ended_s - started_s
            if is_step:
                self.rows.append((time.monotonic(), ended_s - self.inside_s))
            return result

        return timed


class MeasuredChild(Child):
    """Leaves the rows behind after every job."""

    watch: Watch
    out: Path

    def _run_job(self, job: Any) -> None:
        self.watch.rows.clear()
        super()._run_job(job)
        np.save(self.out, np.array(self.watch.rows))


def main() -> None:
    cache, out = map(Path, sys.argv[1:])
    watch = Watch()
    Context.decode = watch.watched(Context.decode, is_step=True)  # type: ignore[method-assign]
    Context.logits = watch.watched(Context.logits)  # type: ignore[method-assign]
    for kind in (sampler.Greedy, sampler.Draw, sampler.Chain):
        kind.pick = watch.watched(kind.pick)  # type: ignore[method-assign]
    child = MeasuredChild(EmbeddedBackend(cache), sys.stdin.buffer, sys.stdout.buffer)
    child.watch, child.out = watch, out
    child.run()


if __name__ == "__main__":
    main()
