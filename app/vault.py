"""Tokens in the system keyring, asked in a helper process: a keyring that hangs keeps nobody waiting.

A token is never kept anywhere else, and goes to the helper and back through its pipes alone. Each
belongs to the origin it was given for, such as `https://huggingface.co`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from app import process
from app.core.errors import (
    KeyringFault,
    KeyringLocked,
    KeyringMissing,
    KeyringRefused,
    KeyringSilent,
    Value,
    VaultError,
    from_kind,
)
from app.core.words import mark

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Alcove"
HELPER = "--vault-helper"
"""What makes `app.launch` the helper."""

PATIENCE_S = 10.0

SAFE: Final = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
"""The backends that encrypt what they keep; any other, such as one chosen by an environment variable
or a file of plain text, is refused."""

_TOKEN = re.compile(r"[!-~]{1,1000}")


class _Question(msgspec.Struct):
    do: Literal["read", "keep", "forget"]
    origin: str
    token: str = ""


class _Answer(msgspec.Struct):
    token: str | None = None
    kind: str = ""
    values: dict[str, Value] = {}


def helper_command() -> list[str]:
    """The words that start the helper."""
    return [*process.own_command(), HELPER]


class Vault:
    """May be used from any thread; each call starts a helper of its own and takes at most `patience_s`."""

    def __init__(self, command: Sequence[str], patience_s: float = PATIENCE_S) -> None:
        """`command` starts the helper."""
        self._command = command
        self._patience_s = patience_s

    def read(self, origin: str) -> str | None:
        """The token kept for this origin, None where there is none or what is kept cannot be one.

        Raises:
            VaultError: the keyring is missing, locked, silent, unsafe or broken.
        """
        token = self._ask(_Question("read", origin))
        return token if token is not None and is_token(token) else None

    def keep(self, origin: str, token: str) -> None:
        """Keep the token for this origin, in place of one kept before.

        Raises:
            VaultError: as `read`; the token is then kept nowhere.
        """
        self._ask(_Question("keep", origin, token))

    def forget(self, origin: str) -> None:
        """Remove the token of this origin, if there is one.

        Raises:
            VaultError: as `read`.
        """
        self._ask(_Question("forget", origin))

    def _ask(self, question: _Question) -> str | None:
        helper = process.spawn(self._command)
        try:
            said, _ = helper.communicate(msgspec.json.encode(question) + b"\n", self._patience_s)
        except subprocess.TimeoutExpired:
            helper.kill()
            helper.communicate()
            raise KeyringSilent(limit_s=self._patience_s) from None
        try:
            answer = msgspec.json.decode(said, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise KeyringFault(reason=f"exit code {helper.returncode}") from None
        if answer.kind:
            raise from_kind(answer.kind, answer.values)
        return answer.token


def is_token(text: str) -> bool:
    """Whether this can be sent as a token: printable ASCII without spaces, at most 1000 characters."""
    return _TOKEN.fullmatch(text) is not None


def main() -> int:
    """Become the helper: answer the one question on stdin."""
    # The answer gets its own descriptor; whatever a library prints goes where nobody reads it.
    with os.fdopen(os.dup(1), "wb") as replies:
        os.dup2(2, 1)
        question = msgspec.json.decode(sys.stdin.buffer.readline(), type=_Question)
        try:
            answer = _Answer(_do(question))
        except VaultError as error:
            answer = _Answer(kind=error.kind, values=dict(error.values))
        replies.write(msgspec.json.encode(answer))
    return 0


def _do(question: _Question) -> str | None:
    from keyring import errors

    try:
        return _carry_out(question, _backend())
    except errors.PasswordDeleteError:
        return None  # it was not there
    except errors.KeyringLocked:
        raise KeyringLocked from None
    except (errors.NoKeyringError, errors.InitError) as error:
        raise KeyringMissing(reason=str(error)) from None
    except errors.KeyringError as error:
        raise KeyringFault(reason=str(error) or type(error).__name__) from None


def _carry_out(question: _Question, backend: KeyringBackend) -> str | None:
    if question.do == "read":
        return backend.get_password(SERVICE, question.origin)
    if question.do == "keep":
        backend.set_password(SERVICE, question.origin, question.token)
    else:
        backend.delete_password(SERVICE, question.origin)
    return None


def _backend() -> KeyringBackend:
    """The system's keyring, if it is one that keeps a secret."""
    import keyring

    try:
        chosen = keyring.get_keyring()
    except (ImportError, AttributeError, TypeError) as error:  # what PYTHON_KEYRING_BACKEND names is none
        raise KeyringFault(reason=str(error)) from None
    candidates: Sequence[KeyringBackend] = getattr(chosen, "backends", (chosen,))
    safe = [backend for backend in candidates if _name(backend) in SAFE]
    if safe:
        return safe[0]
    if _name(chosen) == "keyring.backends.fail.Keyring":
        raise KeyringMissing(reason=mark("none is running"))
    raise KeyringRefused(backend=_name(chosen))


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
