"""Keyrings that must not be used: one that keeps secrets in the clear, and a chain with it in front."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.backends.SecretService import Keyring as SafeKeyring


class PlainKeyring(KeyringBackend):
    priority = 9

    def get_password(self, service: str, username: str) -> str:
        raise AssertionError("a keyring in the clear was asked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a keyring in the clear was given a secret")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("a keyring in the clear was asked")


class Several(PlainKeyring):
    """As the library's own chain, which names the keyrings it would ask as `backends`."""

    @property
    def backends(self) -> list[KeyringBackend]:
        return [PlainKeyring(), SafeKeyring()]
