"""Errors cross the wire as a kind and values."""

from app.core import errors


def test_every_kind_comes_back_as_itself() -> None:
    for kind in errors._tree(errors.AlcoveError):
        again = errors.from_kind(kind.__name__, {"path": "x"})
        assert type(again) is kind
        assert again.values == {"path": "x"}


def test_an_unknown_kind_is_a_fault_of_the_engine() -> None:
    assert isinstance(errors.from_kind("Nonsense", {}), errors.EngineFault)


def test_the_drawn_tree_names_every_kind() -> None:
    drawn = errors.__doc__ or ""
    assert all(kind.__name__ in drawn for kind in errors._tree(errors.AlcoveError))
