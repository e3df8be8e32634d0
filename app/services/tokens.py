"""The tokens of hubs: kept in the system keyring alone, which is asked only where it has one."""

from __future__ import annotations

from app.core.errors import AccessDenied, AlcoveError, KeyringSilent, VaultError
from app.log import logger
from app.userdata import SettingsFile
from app.vault import Vault


class Tokens:
    """May be used from any thread. The settings remember for which origins there is a token, never one."""

    def __init__(self, settings_file: SettingsFile, vault: Vault) -> None:
        self._settings_file = settings_file
        self._vault = vault
        self._known: dict[str, str] = {}
        self._errors: dict[str, VaultError] = {}

    def get(self, origin: str) -> str:
        """The token for this origin, "" where none was kept or the keyring does not give it.

        May take ten seconds; a keyring that did not answer is not asked again.
        """
        if origin not in self._settings_file.load().token_origins:
            return ""
        if origin not in self._known and not isinstance(self._errors.get(origin), KeyringSilent):
            try:
                self._known[origin] = self._vault.read(origin) or ""
                self._errors.pop(origin, None)
            except VaultError as error:  # most files are open to everyone
                logger("services").info("no token from the keyring: %s", error.kind)
                self._errors[origin] = error
        return self._known.get(origin, "")

    def keep(self, origin: str, token: str) -> None:
        """Keep a token in the keyring, and nowhere else.

        Raises:
            VaultError: there is no keyring that would keep it safe.
            ProfileError: the settings cannot be written.
        """
        self._vault.keep(origin, token)
        self._known[origin] = token
        self._errors.pop(origin, None)
        self._note(origin, is_kept=True)

    def forget(self, origin: str) -> None:
        """Remove the token from the keyring.

        Raises:
            VaultError: it cannot be asked.
            ProfileError: the settings cannot be written.
        """
        self._vault.forget(origin)
        self._known.pop(origin, None)
        self._errors.pop(origin, None)
        self._note(origin, is_kept=False)

    def cause(self, error: AlcoveError, origin: str) -> AlcoveError:
        """What really went wrong where a hub wants a token: that the keyring did not give it."""
        return self._errors.get(origin, error) if isinstance(error, AccessDenied) else error

    def _note(self, origin: str, *, is_kept: bool) -> None:
        others = tuple(each for each in self._settings_file.load().token_origins if each != origin)
        self._settings_file.change(token_origins=(*others, origin) if is_kept else others)
