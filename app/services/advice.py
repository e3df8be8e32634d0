"""What this computer can run before anything was downloaded: a plan for what the catalogue recommends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.core.architecture import Architecture, Part, Portion
from app.core.catalogue import Entry, Origin
from app.core.errors import ModelUnreadable
from app.core.model import Device
from app.core.plan import Plan, Refusal
from app.hardware.fit import plan_for
from app.hardware.machine import Machine, UnusedGpu
from app.userdata import resource

if TYPE_CHECKING:
    from app.services.library import Library
    from app.services.models import Models


@dataclass(frozen=True, slots=True)
class Advice:
    """The entry to take, how it would be loaded here, and of what layers; `plan` may be why not."""

    entry: Entry
    plan: Plan | Refusal
    layers: int
    devices: tuple[Device, ...]
    unused_gpus: tuple[UnusedGpu, ...] = ()

    @property
    def fits(self) -> bool:
        return isinstance(self.plan, Plan)


def advise(entries: Sequence[Entry], model: Architecture, machine: Machine) -> Advice:
    """The original if it fits, else the first pruned one that does; where none does, why the first does not.

    `model` is the original's architecture.
    """
    sized = [entry for entry in entries if entry.origin is not Origin.QUANTISED]
    advices = (
        Advice(
            entry,
            plan_for(_with_experts(model, entry.experts), machine),
            model.facts.layers,
            machine.devices,
            machine.unused_gpus,
        )
        for entry in sized
    )
    first = next(advices)
    return first if first.fits else next((advice for advice in advices if advice.fits), first)


def advise_here(library: Library, models: Models) -> Advice:
    """What of the catalogue this computer can run.

    Raises:
        EngineError: the engine does not start, so that this computer's GPUs are not known.
    """
    return advise(library.entries, original(), models.computer.measured())


def original(path: Path | None = None) -> Architecture:
    """What gpt-oss-20b is made of, from the file that ships with the program.

    Raises:
        ModelUnreadable: the program was not installed whole.
    """
    path = path or resource("gpt-oss-20b.json")
    try:
        return msgspec.json.decode(path.read_bytes(), type=Architecture, dec_hook=_path)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelUnreadable(path=str(path), reason=str(error)) from error


def _path(kind: type, value: Any) -> Path:
    assert kind is Path
    return Path(value)


def _with_experts(model: Architecture, experts: int) -> Architecture:
    """The same model with fewer experts in each layer."""
    whole = model.facts.experts

    def cut(portion: Portion) -> Portion:
        if portion.part not in (Part.EXPERTS, Part.ROUTER):
            return portion
        size, parameters = (n * experts // whole for n in (portion.size_bytes, portion.parameters))
        return replace(portion, size_bytes=size, parameters=parameters)

    portions = tuple(cut(portion) for portion in model.portions)
    lost = sum(each.size_bytes for each in model.portions) - sum(each.size_bytes for each in portions)
    facts = replace(model.facts, experts=experts, size_bytes=model.facts.size_bytes - lost)
    return replace(model, facts=facts, portions=portions)
