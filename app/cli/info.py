"""`models info`: what a model is made of, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from app.assembly import Alcove
from app.cli.arguments import ModelInfo
from app.cli.exit_codes import ExitCode
from app.cli.screen import Screen, text_width
from app.cli.shelf import chosen
from app.core.architecture import Architecture, Part
from app.core.text import one_line
from app.core.words import mark
from app.i18n import Texts
from app.i18n.quantities import size_text

Line = tuple[str, str]

PARTS: Final[Mapping[Part, str]] = {
    Part.EMBEDDING: mark("Embedding"),
    Part.ATTENTION: mark("Attention"),
    Part.EXPERTS: mark("Experts"),
    Part.ROUTER: mark("Router"),
    Part.NORMS: mark("Norms"),
    Part.OUTPUT: mark("Output"),
    Part.OTHER: mark("Other"),
}


def run(arguments: ModelInfo, alcove: Alcove, screen: Screen) -> int:
    current = alcove.models.current.path
    path = current if arguments.path is None else chosen(arguments.path, alcove)
    model = alcove.models.architecture(path)
    if arguments.as_json:
        screen.json(_values(model), indent=2)
        return ExitCode.DONE
    lines = [*_head(model, alcove.tr), *_network(model, alcove.tr), *_parts(model, alcove.tr)]
    write_aligned(lines, screen)
    return ExitCode.DONE


def write_aligned(lines: list[Line], screen: Screen) -> None:
    """Labels, and beside them in one column what they say."""
    width = max(text_width(label) for label, _ in lines)
    for label, value in lines:
        screen.line(f"{label}{' ' * (width - text_width(label))}  {value}")


def _head(model: Architecture, tr: Texts) -> Iterator[Line]:
    about = model.about
    yield tr("Name"), one_line(model.facts.name)
    made = [about.organization, about.author, about.quantized_by, about.base_model]
    if origin := ", ".join(dict.fromkeys(filter(None, map(one_line, made)))):
        yield tr("From"), origin
    if about.licence:
        yield tr("Licence"), one_line(about.licence)
    yield tr("File"), f"{model.facts.path} ({size_text(model.facts.size_bytes)})"


def _network(model: Architecture, tr: Texts) -> Iterator[Line]:
    facts = model.facts
    counts = {"all": _billions(model.parameters, tr), "active": _billions(model.active_parameters, tr)}
    yield tr("Parameters"), tr("{all}, of which {active} take part in each token", **counts)
    seen = {"n": facts.layers, "window": _number(facts.sliding_window)}
    yield tr("Layers"), tr("{n}; every other one sees the last {window} tokens only", **seen)
    chosen = {"all": facts.experts, "k": facts.experts_used, "width": _number(model.feed_forward)}
    yield tr("Experts"), tr("{all} in each layer, {k} chosen for each token, {width} wide", **chosen)
    heads = {"n": model.heads, "groups": facts.kv_heads, "width": facts.head_size}
    yield tr("Attention"), tr("{n} heads in {groups} groups, {width} wide", **heads)
    yield tr("Embedding"), tr("{width} wide", width=_number(facts.embedding))
    yield tr("Context"), tr("{n} tokens", n=_number(facts.context_tokens))
    yield tr("Vocabulary"), tr("{n} tokens", n=_number(facts.vocabulary))


def _parts(model: Architecture, tr: Texts) -> Iterator[Line]:
    """Part by part: quantisation, bytes and parameters."""
    for part, name in PARTS.items():
        portions = model.by_type(part)
        if portions:
            said = (
                f"{each.type} {size_text(each.size_bytes)} ({_billions(each.parameters, tr)})"
                for each in portions
            )
            yield f"  {tr(name)}", ", ".join(said)


def _values(model: Architecture) -> dict[str, Any]:
    """The architecture as one JSON object; sizes in bytes, `parts` summed over the layers."""
    return {
        **asdict(model.facts),
        "path": str(model.facts.path),
        "about": asdict(model.about),
        "heads": model.heads,
        "feed_forward": model.feed_forward,
        "parameters": model.parameters,
        "active_parameters": model.active_parameters,
        "sliding_layers": [layer for layer in model.layers if model.is_sliding(layer)],
        "parts": [
            {
                "part": part.value,
                "type": each.type,
                "size_bytes": each.size_bytes,
                "parameters": each.parameters,
            }
            for part in Part
            for each in model.by_type(part)
        ],
    }


def _billions(count: int, tr: Texts) -> str:
    if count >= 10**8:
        return tr("{n} billion", n=f"{count / 10**9:.2f}")
    if count >= 10**6:
        return tr("{n} million", n=f"{count / 10**6:.2f}")
    return _number(count)


def _number(value: int) -> str:
    return f"{value:,}"
