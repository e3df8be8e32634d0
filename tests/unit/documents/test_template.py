"""A prompt with places for columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import ColumnMissing
from app.documents.rows import Row
from app.documents.template import check_columns, columns_in, fill

ROW = Row(1, {"name": "Emmy", "unit price": "3 {{name}}", "行": "列"})


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("Hello {{name}}!", "Hello Emmy!"),
        ("{{ name }}{{行}}", "Emmy列"),
        ("{{unit price}}", "3 {{name}}"),
        ("{{{{name}}", "{{name}}"),
        ("{{{{ {{name}}", "{{ Emmy"),
        ('{"a": {"b": "{{name}}"}}', '{"a": {"b": "Emmy"}}'),
        ("{{name", "{{name"),
        ("{name} {}", "{name} {}"),
        ("none", "none"),
        ("{{missing}}.", "."),
    ],
)
def test_places_are_filled_and_nothing_else(template, filled):
    assert fill(template, ROW) == filled


def test_a_template_names_its_columns():
    assert columns_in("{{b}} {{ a }} {{b}} {{{{c}} {{d") == ("b", "a")
    assert columns_in("none") == ()


def test_a_column_that_is_missing_is_told_at_once():
    check_columns("{{a}} {{b}}", ("a", "b", "c"), Path("t.csv"))
    with pytest.raises(ColumnMissing) as caught:
        check_columns("{{a}} {{x}}", ("a", "b"), Path("t.csv"))
    assert caught.value.values == {"path": "t.csv", "column": "x"}
