"""Rewrite what is asked of arrays as a whole: that no item stands twice, and that some item fits."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from app.structured.json_path import Place
from app.structured.rewriting.work import Work, also, either, without

_MOST_VALUES = 4
"""Of a choice whose every selection is written out: 64 for four."""

_MOST_PLACES = 6


def unique(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`uniqueItems` becomes a list of all selections, where there are few."""
    if "uniqueItems" not in node:
        return node
    rest = without(node, "uniqueItems")
    seen = work.viewer.view(rest)
    if node["uniqueItems"] is False or seen.items[1] <= 1 or "array" not in seen.kinds:
        return rest
    values = work.viewer.view(rest.get("items", True)).values if "prefixItems" not in rest else None
    if values is not None:
        rest = also(rest, {"maxItems": len(values)})
    are_few = values is not None and len(values) <= _MOST_VALUES
    if values is None or not are_few or seen.kinds != {"array"} or "uniqueItems" in work.avoided:
        if place not in work.unique:
            work.leave(place, "uniqueItems")
        return rest
    lengths = [length for length in range(len(values) + 1) if seen.items[0] <= length <= seen.items[1]]
    return also(
        rest, {"enum": [list(chosen) for length in lengths for chosen in permutations(values, length)]}
    )


def containing(work: Work, node: dict[str, Any], place: Place) -> dict[str, Any]:
    """`contains` becomes a choice of the place where the item stands, in short arrays."""
    if "contains" not in node:
        return without(node, "minContains", "maxContains")
    rest = without(node, "contains", "minContains", "maxContains")
    least = node.get("minContains", 1)
    if "maxContains" in node:
        work.leave(place, "maxContains")
    if least == 0:
        return rest
    seen = work.viewer.view(rest)
    if seen.items[1] > _MOST_PLACES or "contains" in work.avoided:
        work.leave(place, "contains")
        return also(rest, {"minItems": int(least)})
    if least > 1:
        work.leave(place, "minContains")
    places = range(int(seen.items[1]))
    options = [{"prefixItems": [*[True] * at, node["contains"]], "minItems": at + 1} for at in places]
    return also(rest, either(list(options)) if options else {"minItems": 1})
