"""This computer: what is measured each time, what the engine tells, and what is measured once and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.core.model import EngineInfo
from app.hardware.bandwidth import measure_bandwidth
from app.hardware.machine import Machine
from app.hardware.probe import probe
from app.hardware.unused import unused_gpus
from app.log import logger
from app.userdata import whole_file


class Computer:
    """May be used from any thread."""

    def __init__(self, kept: Path, engine_info: Callable[[], EngineInfo]) -> None:
        """`kept` is the file for what is measured once."""
        self._kept = kept
        self._engine_info = engine_info

    def now(self) -> Machine:
        """As it is now; the memory's bandwidth is in it if it was measured before.

        Raises:
            EngineError: the engine does not start, so that its devices are not known.
        """
        machine = probe()
        devices = self._engine_info().devices
        return replace(
            machine,
            devices=devices,
            unused_gpus=unused_gpus(machine.gpus, devices),
            bandwidth=self._known_bandwidth(machine),
        )

    def measured(self) -> Machine:
        """As `now`, the bandwidth measured if need be, which takes a second."""
        machine = self.now()
        if machine.bandwidth:
            return machine
        cores, free_bytes = machine.processor.performance_cores, machine.memory.available_bytes
        machine = replace(machine, bandwidth=measure_bandwidth(cores, free_bytes))
        self._keep(machine)
        return machine

    def _known_bandwidth(self, machine: Machine) -> int:
        """What was measured on this processor and memory, 0 where nothing was."""
        try:
            kept = json.loads(self._kept.read_text("utf-8"))
        except (OSError, ValueError):
            return 0
        known = kept.get(_key(machine), 0) if isinstance(kept, dict) else 0
        return known if isinstance(known, int) else 0

    def _keep(self, machine: Machine) -> None:
        if not machine.bandwidth:
            return
        try:
            with whole_file(self._kept) as file:
                file.write(json.dumps({_key(machine): machine.bandwidth}).encode())
        except OSError as error:
            # It will be measured again.
            logger("services").info("the bandwidth cannot be kept: %s", error.strerror)


def _key(machine: Machine) -> str:
    """Changes with what the bandwidth depends on."""
    processor = machine.processor
    return f"{processor.name}, {processor.performance_cores} cores, {machine.memory.total_bytes >> 30} GiB"
