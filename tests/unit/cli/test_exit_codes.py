"""One table of exit codes."""

import pytest

from app.cli.exit_codes import exit_code
from app.core import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.EmptyPrompt(), 2),
        (errors.NoDisplay(), 2),
        (errors.NoToken(), 2),
        (errors.KeyringLocked(), 4),
        (errors.NotGguf(path="a"), 3),
        (errors.EngineGaveUp(restarts=3), 3),
        (errors.DatabaseTooNew(path="a", found=2, known=1), 6),
    ],
)
def test_exit_codes(error: errors.AlcoveError, code: int) -> None:
    assert exit_code(error) == code
