"""What a load tells on its way, besides how far it is."""

from __future__ import annotations

from app.core.events import SteppedDown
from app.core.text import visible
from app.i18n import Texts


def stepped_down_text(event: SteppedDown, tr: Texts) -> str:
    """That memory was short, and what the model is loaded with now."""
    options = event.options
    where = (
        tr("{n} layers on the graphics card", n=options.gpu_layers)
        if options.gpu_layers
        else tr("the processor")
    )
    return tr(
        "Memory was short ({reason}): loading again with {where} and a context of {context} tokens.",
        reason=visible(event.reason).rstrip("."),
        where=where,
        context=f"{options.context_tokens:,}",
    )
