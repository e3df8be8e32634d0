"""The program being assembled on a worker thread, so that the window need not wait for it to appear."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.errors import ProfileError
from app.ui.background import Background, Lane

if TYPE_CHECKING:  # these rooms take longer to import than the window takes to appear
    from app.assembly import Alcove
    from app.services.chat import Chat
    from app.services.models import Models


class Opening:
    """What is asked of the services is asked on worker threads, and waits there until they exist."""

    def __init__(self, profile: Path | None, engine_command: Callable[[], Sequence[str]]) -> None:
        self._profile = profile
        self._engine_command = engine_command
        self._begun = False
        self._done = threading.Event()
        self._alcove: Alcove | None = None
        self._error: ProfileError | None = None

    def begin(
        self,
        background: Background,
        owner: QObject,
        done: Callable[[Alcove], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Build the program, once; `failed` is told a `ProfileError` where the profile cannot be used."""
        self._begun = True
        background.run(owner, self._assemble, done, failed, Lane.OWN)

    def _assemble(self) -> Alcove:
        from app.assembly import assemble

        try:
            command = self._engine_command()
            self._alcove = assemble(self._profile, storage="write", engine_command=command)
        except ProfileError as error:
            self._error = error
            raise
        finally:
            self._done.set()
        return self._alcove

    @property
    def alcove(self) -> Alcove:
        """The program, once it is there. For worker threads: it waits.

        Raises:
            ProfileError: there will be none.
        """
        self._done.wait()
        if self._alcove is None:
            assert self._error is not None
            raise self._error
        return self._alcove

    @property
    def chat(self) -> Chat:
        return self.alcove.chat

    @property
    def models(self) -> Models:
        return self.alcove.models

    def close(self) -> None:
        """End what was assembled."""
        if self._begun:
            self._done.wait()
        if self._alcove is not None:
            self._alcove.close()
