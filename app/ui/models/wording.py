"""The sentences about models: how they fit, how fast they will be, what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.architecture import Architecture, Part
from app.core.errors import AlcoveError
from app.core.model import Device, LoadOptions
from app.core.plan import Plan, Refusal
from app.core.words import mark
from app.i18n import Texts
from app.i18n.quantities import size_text
from app.i18n.sentences import explain

PARTS = {
    Part.EMBEDDING: mark("Vocabulary, in"),
    Part.ATTENTION: mark("Attention"),
    Part.ROUTER: mark("Router"),
    Part.EXPERTS: mark("Experts"),
    Part.NORMS: mark("Norms"),
    Part.OUTPUT: mark("Vocabulary, out"),
    Part.OTHER: mark("Other"),
}


def error_text(error: Exception, tr: Texts) -> str:
    """One sentence for whatever went wrong."""
    if isinstance(error, AlcoveError):
        return explain(error, tr)
    return tr("Something went wrong inside Alcove. Your chats are kept; the details say more.")


def rate_text(tokens_per_s: float) -> str:
    """As exact as a prediction can be."""
    return f"{tokens_per_s:.1f}" if tokens_per_s < 9.95 else f"{round(tokens_per_s):,}"


def count_text(count: int, tr: Texts) -> str:
    """A number of parameters: 20.9 billion, 3.6 million."""
    if count >= 10**9:
        return tr("{n} billion", n=f"{count / 1e9:.1f}")
    if count >= 10**6:
        return tr("{n} million", n=f"{count / 1e6:.1f}")
    return f"{count:,}"


def device_names(devices: Sequence[Device]) -> Mapping[str, str]:
    """What people call the GPUs, by the engine's names for them."""
    return {
        device.name: f"{device.description or device.name}, {size_text(device.total_bytes)}"
        for device in devices
    }


def plan_text(plan: Plan, layers: int, tr: Texts) -> str:
    """How fast it will be here, how much it can hold in view, and where its layers are."""
    parts = []
    context = f"{plan.options.context_tokens:,}"
    if plan.decode_tokens_per_s:
        rate = rate_text(plan.decode_tokens_per_s)
        parts.append(tr("About {rate} tokens a second here, context up to {n} tokens.", rate=rate, n=context))
    else:
        parts.append(tr("Context up to {n} tokens.", n=context))
    parts.append(_places(plan.options, layers, tr))
    if plan.is_tight:
        parts.append(tr("Memory will be tight: close other programs first."))
    return " ".join(parts)


def _places(options: LoadOptions, layers: int, tr: Texts) -> str:
    first = max(0, layers + 1 - options.gpu_layers)
    if not options.gpu_layers:
        return tr("It runs on the processor.")
    on_gpu = layers - first
    with_experts = layers - max(first, options.cpu_experts)
    if options.cpu_experts > first:
        return tr(
            "{n} of {layers} layers’ experts fit the graphics card; the rest stay in memory.",
            n=with_experts,
            layers=layers,
        )
    if on_gpu >= layers:
        return tr("All of it fits the graphics card.")
    return tr(
        "{n} of {layers} layers fit the graphics card; the rest run on the processor.",
        n=on_gpu,
        layers=layers,
    )


def refusal_text(refusal: Refusal, tr: Texts) -> str:
    """Why it cannot be loaded here, and what would be nearest."""
    missing = size_text(refusal.missing_bytes)
    if refusal.device:
        parts = [tr("The graphics card lacks {size} for this.", size=missing)]
    else:
        parts = [tr("This computer lacks {size} of free memory for this.", size=missing)]
    if refusal.nearest is not None:
        n = f"{refusal.nearest.options.context_tokens:,}"
        parts.append(tr("It would fit with a context of {n} tokens and everything automatic.", n=n))
    elif refusal.largest_file_bytes:
        largest = size_text(refusal.largest_file_bytes)
        parts.append(
            tr(
                "A file of up to about {size} would fit: one with {n} experts in each layer.",
                size=largest,
                n=refusal.most_experts,
            )
        )
    else:
        parts.append(tr("Close other programs, or try the demo."))
    return " ".join(parts)


def unused_text(gpu: str, command: str, tr: Texts) -> str:
    """What is built in and this build of the engine cannot use, and what changes that."""
    return tr("This Alcove was not built for the {gpu}. To use it: {command}", gpu=gpu, command=command)


def architecture_text(model: Architecture, tr: Texts) -> str:
    """What the drawing shows, in words."""
    facts = model.facts
    sliding = sum(model.is_sliding(layer) for layer in model.layers)
    return tr(
        "Text comes in as tokens out of {vocabulary}, each a vector of {embedding} numbers. "
        "{layers} layers follow: {full} look at the whole context, {sliding} at the last {window} tokens; "
        "{heads} heads share {kv_heads} keys and values. In each layer a router sends every token to "
        "{used} of {experts} experts. Of {parameters} parameters, {active} work on any one token.",
        vocabulary=f"{facts.vocabulary:,}",
        embedding=f"{facts.embedding:,}",
        layers=facts.layers,
        full=facts.layers - sliding,
        sliding=sliding,
        window=facts.sliding_window,
        heads=model.heads,
        kv_heads=facts.kv_heads,
        used=facts.experts_used,
        experts=facts.experts,
        parameters=count_text(model.parameters, tr),
        active=count_text(model.active_parameters, tr),
    )
