"""How a model would be loaded, here or on a computer that is described in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.architecture import Architecture
from app.core.plan import AUTOMATIC, Overrides, Plan, Refusal
from app.hardware.fit import plan_for
from app.hardware.machine import Machine
from app.hardware.machine_file import read_machine
from app.services.advice import original
from app.services.models import Models


@dataclass(frozen=True, slots=True)
class Fit:
    """What goes where on which computer, or why it does not."""

    model: Architecture
    machine: Machine
    plan: Plan | Refusal


def fit(
    models: Models,
    model: Architecture | None,
    machine_file: Path | None,
    overrides: Overrides = AUTOMATIC,
) -> Fit:
    """Plan for a model, or with none for gpt-oss-20b as OpenAI published it, which need not be here.

    This computer's memory is measured if it was not yet, which takes a second.

    Raises:
        DocumentError: the description of the computer cannot be used.
        EngineError: the engine does not start, so that this computer's GPUs are not known.
    """
    model = model or original()
    machine = models.computer.measured() if machine_file is None else read_machine(machine_file)
    return Fit(model, machine, plan_for(model, machine, overrides))
