"""`models fit`: how a model would be loaded, on this computer or another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from app.assembly import Alcove
from app.cli.arguments import FitModel
from app.cli.doctor import tell_unused
from app.cli.exit_codes import ExitCode
from app.cli.info import Line, write_aligned
from app.cli.screen import Screen
from app.cli.shelf import chosen
from app.core.plan import Overrides, Plan, Refusal, Share
from app.core.text import one_line
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.services.fits import Fit, fit


def run(arguments: FitModel, alcove: Alcove, screen: Screen) -> int:
    models, path = alcove.models, arguments.path
    model = None if path is None else models.architecture(chosen(path, alcove))
    screen.progress(alcove.tr("Looking at this computer…") if arguments.machine is None else "")
    wishes = Overrides(context_tokens=arguments.context_tokens)
    found = fit(models, model, arguments.machine, wishes)
    if arguments.as_json:
        screen.json(_values(found), indent=2)
    else:
        _write(found, alcove.tr, screen)
        for unused in found.machine.unused_gpus:
            tell_unused(unused.gpu.name, unused.rebuild, alcove.tr, screen)
    return ExitCode.DONE if isinstance(found.plan, Plan) else ExitCode.MODEL


def _write(found: Fit, tr: Texts, screen: Screen) -> None:
    name = one_line(found.model.facts.name)
    plan = found.plan
    if isinstance(plan, Plan):
        screen.line(tr("{name} fits.", name=name))
        write_aligned(list(_lines(plan, found.model.facts.layers, tr)), screen)
        return
    told = {"name": name, "device": plan.device or tr("main memory"), "size": size_text(plan.missing_bytes)}
    screen.line(tr("{name} does not fit: {device} lacks {size}.", **told))
    for line in _remedies(plan, tr):
        screen.line(line)
    if plan.nearest is not None:
        write_aligned(list(_lines(plan.nearest, found.model.facts.layers, tr)), screen)


def _remedies(refusal: Refusal, tr: Texts) -> Iterator[str]:
    if refusal.most_experts:
        told = {"n": refusal.most_experts, "size": size_text(refusal.largest_file_bytes)}
        yield tr("A variant with {n} experts in each layer would fit, a file of about {size}.", **told)
    if refusal.nearest is not None:
        told = {"n": f"{refusal.nearest.options.context_tokens:,}"}
        yield tr("With a context of {n} tokens it would fit:", **told)
    elif not refusal.most_experts:
        yield tr("No model of this kind fits here.")


def _lines(plan: Plan, layers: int, tr: Texts) -> Iterator[Line]:
    options = plan.options
    yield tr("Context"), tr("{n} tokens", n=f"{options.context_tokens:,}")
    yield tr("Layers on a GPU"), tr("{n} of {all}", n=min(options.gpu_layers, layers), all=layers)
    if options.gpu_layers and options.cpu_experts:
        yield tr("Experts on the CPU"), tr("of {n} layers", n=options.cpu_experts)
    yield tr("KV cache"), options.kv_type.value
    yield tr("Threads"), str(options.threads)
    for share in plan.shares:
        yield share.device or tr("Main memory"), _share_text(share, tr)
    if plan.decode_tokens_per_s:
        speeds = {"prefill": round(plan.prefill_tokens_per_s), "decode": f"{plan.decode_tokens_per_s:.1f}"}
        yield tr("Speed, estimated"), tr("reads {prefill} and writes {decode} tokens a second", **speeds)
    yield tr("Tokens in one go"), str(options.micro_batch)
    yield tr("Weights"), tr("stay in the file") if options.mapped else tr("copied into memory")
    if plan.is_tight:
        yield tr("Note"), tr("It is tight: close other programs.")


def _share_text(share: Share, tr: Texts) -> str:
    parts = {
        tr("weights"): share.weights_bytes,
        tr("experts"): share.experts_bytes,
        tr("repacked"): share.repack_bytes,
        tr("KV cache"): share.kv_bytes,
        tr("compute"): share.compute_bytes,
        tr("engine"): share.engine_bytes,
    }
    inside = ", ".join(f"{name} {size_text(size)}" for name, size in parts.items() if size)
    sizes = {"used": size_text(share.used_bytes), "free": size_text(share.free_bytes)}
    return tr("{used} of {free} free", **sizes) + (f" ({inside})" if inside else "")


def _values(found: Fit) -> dict[str, Any]:
    """The plan with the machine it is for, which `--machine` reads again."""
    facts = {**asdict(found.model.facts), "path": str(found.model.facts.path)}
    fits = isinstance(found.plan, Plan)
    key = "plan" if fits else "refusal"
    return {"fits": fits, "model": facts, "machine": asdict(found.machine), key: asdict(found.plan)}
