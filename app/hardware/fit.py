"""Decide how a model is loaded on a computer: what goes onto which memory, or why it cannot be."""

from __future__ import annotations

from dataclasses import replace

from app.core.architecture import Architecture, Part
from app.core.plan import AUTOMATIC, Overrides, Plan, Refusal
from app.core.settings import CONTEXT_CHOICES
from app.hardware.machine import Machine
from app.hardware.search import Search, turn_s

LARGEST_FREE_CONTEXT = 32_768
"""No larger context is chosen unasked: the memory may be wanted for something else."""

WORTH_A_CONTEXT = 0.95
"""A larger context is chosen unasked if the speed stays this much of what it was."""


def plan_for(model: Architecture, machine: Machine, overrides: Overrides = AUTOMATIC) -> Plan | Refusal:
    """The fastest way to load this model that fits, what was overridden held to."""
    wanted = overrides.context_tokens
    if wanted is not None:
        return Search(model, machine, overrides).plan(wanted) or _refusal(model, machine, overrides, wanted)
    # The faster copy of the experts must not cost context: that is chosen first, as if there were none.
    plain = replace(overrides, repack=False) if overrides.repack is None else overrides
    search, best = Search(model, machine, plain), None
    for context in CONTEXT_CHOICES:
        if context > LARGEST_FREE_CONTEXT or (
            best and best.options.context_tokens >= model.facts.context_tokens
        ):
            break
        larger = search.plan(context)
        if larger is None or (best and turn_s(larger) * WORTH_A_CONTEXT > turn_s(best)):
            break
        best = larger
    if best is None:
        return _refusal(model, machine, overrides, CONTEXT_CHOICES[0])
    return Search(model, machine, overrides).plan(best.options.context_tokens) or best


def released(machine: Machine, plan: Plan) -> Machine:
    """The machine as it is once what was loaded by `plan` is gone."""
    held = {share.device: share.used_bytes for share in plan.shares}
    memory = machine.memory
    own = plan.shares[0].repack_bytes + plan.shares[0].kv_bytes + plan.shares[0].compute_bytes
    if not plan.options.mapped:
        own += plan.shares[0].weights_bytes + plan.shares[0].experts_bytes
    shared = sum(share.used_bytes for share in plan.shares if share.is_shared)
    free = min(memory.total_bytes, memory.available_bytes + own + shared)
    devices = tuple(
        replace(device, free_bytes=min(device.total_bytes, device.free_bytes + held.get(device.name, 0)))
        for device in machine.devices
    )
    return replace(machine, devices=devices, memory=replace(memory, available_bytes=free))


def _refusal(model: Architecture, machine: Machine, overrides: Overrides, context_tokens: int) -> Refusal:
    lack = Search(model, machine, overrides).lack(context_tokens)
    experts = _most_experts(model, machine)
    whole = sum(portion.size_bytes for portion in model.by_type(Part.EXPERTS))
    dropped = whole - whole * experts // model.facts.experts
    return Refusal(
        device=lack.device,
        missing_bytes=lack.missing_bytes,
        closest=lack.plan,
        nearest=_nearest(model, machine, overrides, context_tokens),
        largest_file_bytes=model.facts.size_bytes - dropped if experts else 0,
        most_experts=experts,
    )


def _nearest(model: Architecture, machine: Machine, overrides: Overrides, context_tokens: int) -> Plan | None:
    """A smaller context first, then nothing of what was overridden."""
    smaller = [context for context in reversed(CONTEXT_CHOICES) if context < context_tokens]
    for wishes in dict.fromkeys((overrides, AUTOMATIC)):
        search = Search(model, machine, wishes)
        contexts = smaller if wishes == overrides else [context_tokens, *smaller]
        for context in contexts:
            if found := search.plan(context):
                return found
    return None


def _most_experts(model: Architecture, machine: Machine) -> int:
    """How many experts of each layer would fit, in the smallest context; 0 where too few would."""
    least, most = model.facts.experts_used - 1, model.facts.experts
    while least < most:
        tried = (least + most + 1) // 2
        if Search(model, machine, AUTOMATIC, tried).plan(CONTEXT_CHOICES[0]):
            least = tried
        else:
            most = tried - 1
    return least if least >= model.facts.experts_used else 0
