"""Each parameter is declared once, and nothing outside its range gets in."""

import math
from dataclasses import fields

import pytest

from app.core.errors import OutOfRange
from app.core.sampling import PARAMETERS, Effort, Sampling


def test_every_field_but_the_effort_is_declared_with_its_default() -> None:
    declared = {parameter.name: parameter.default for parameter in PARAMETERS}
    assert declared == {f.name: f.default for f in fields(Sampling) if f.name != "effort"}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_the_range_holds_at_both_ends(parameter) -> None:
    for inside in (parameter.minimum, parameter.default, parameter.maximum):
        Sampling(**{parameter.name: inside})
    for outside in (parameter.minimum - 1, parameter.maximum + 1, math.nan, math.inf):
        with pytest.raises(OutOfRange) as caught:
            Sampling(**{parameter.name: outside})
        assert caught.value.values["name"] == parameter.name


def test_a_whole_parameter_refuses_a_fraction() -> None:
    with pytest.raises(OutOfRange):
        Sampling(top_k=1.5)


def test_kept_values_come_back_and_unknown_ones_are_left_out() -> None:
    sampling = Sampling(temperature=0.3, seed=7, effort=Effort.HIGH)
    assert sampling.to_values() == {"temperature": 0.3, "seed": 7, "effort": "high"}
    assert Sampling.from_values({**sampling.to_values(), "mirostat": 2}) == sampling
