"""A computer as a JSON file, so that a plan can be made for one that is not this one."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.core.errors import DocumentMissing, DocumentUnreadable
from app.hardware.machine import Machine


def machine_json(machine: Machine) -> str:
    """The whole of it, indented for people."""
    return msgspec.json.format(msgspec.json.encode(machine), indent=2).decode()


def read_machine(path: Path) -> Machine:
    """Read what `machine_json` wrote; fields that are left out take their defaults.

    Raises:
        DocumentMissing: there is no such file.
        DocumentUnreadable: it cannot be read, or tells of no computer there could be.
    """
    try:
        machine = msgspec.json.decode(path.read_bytes(), type=Machine)
    except FileNotFoundError as error:
        raise DocumentMissing(path=str(path)) from error
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DocumentUnreadable(path=str(path), reason=str(error)) from error
    if fault := _fault(machine):
        raise DocumentUnreadable(path=str(path), reason=fault)
    return machine


def _fault(machine: Machine) -> str:
    """What is impossible about it, "" where nothing is."""
    memory, processor = machine.memory, machine.processor
    if not 0 <= memory.available_bytes <= memory.total_bytes:
        return "memory: more free than there is, or less than none"
    if any(not 0 <= device.free_bytes <= device.total_bytes for device in machine.devices):
        return "devices: more free than there is, or less than none"
    if not 1 <= processor.performance_cores <= processor.physical_cores:
        return "processor: more performance cores than cores, or none"
    return "bandwidth: less than none" if machine.bandwidth < 0 else ""
