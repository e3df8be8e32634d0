"""The token in a real keyring, in each state a keyring can be in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.core.errors import (
    KeyringFault,
    KeyringLocked,
    KeyringMissing,
    KeyringRefused,
    KeyringSilent,
    VaultError,
)
from app.launch import vault_command
from app.vault import SERVICE, Vault
from tests.helpers.secret_service import SecretService

HUB, MIRROR = "https://hub.example", "https://mirror.example:8443"
TOKEN = "hf_CanaryOfTheVault"


@pytest.fixture
def vault() -> Vault:
    return Vault(vault_command())


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A session with a bus, on which no keyring has been unlocked."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    with SecretService(tmp_path) as made:
        for name, value in made.surroundings.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def service(bus: SecretService) -> SecretService:
    """The keyring as it is after a login."""
    bus.start_daemon()
    return bus


@pytest.fixture
def no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a desktop."""
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)


def test_a_token_is_kept_per_origin_and_read_back(service: SecretService, vault: Vault) -> None:
    assert vault.read(HUB) is None
    vault.keep(HUB, "hf_first")
    vault.keep(HUB, TOKEN)
    vault.keep(MIRROR, "other")
    assert (vault.read(HUB), vault.read(MIRROR)) == (TOKEN, "other")
    vault.forget(HUB)
    vault.forget(HUB)
    assert (vault.read(HUB), vault.read(MIRROR)) == (None, "other")


def test_a_token_outlives_the_daemon_and_is_nowhere_in_the_clear(
    service: SecretService, vault: Vault
) -> None:
    vault.keep(HUB, TOKEN)
    service.end_daemon()
    assert not [data for data in service.files() if TOKEN.encode() in data]
    service.start_daemon()
    assert vault.read(HUB) == TOKEN


def test_k1_no_keyring_is_told_and_nothing_is_kept(no_bus: None, vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(KeyringMissing):
        vault.keep(HUB, TOKEN)
    with pytest.raises(KeyringMissing):
        vault.read(HUB)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN in path.read_text("latin-1")]


def test_k2_a_service_without_a_keyring_in_it_is_told(bus: SecretService, vault: Vault) -> None:
    with pytest.raises(KeyringMissing) as raised:
        vault.keep(HUB, TOKEN)
    assert "collection" in str(raised.value.values["reason"])


def test_k3_a_locked_keyring_is_told_and_works_once_it_is_unlocked(
    service: SecretService, vault: Vault
) -> None:
    vault.keep(HUB, TOKEN)
    service.end_daemon()
    service.start_daemon("not the password")
    with pytest.raises(KeyringLocked):
        vault.read(HUB)
    service.end_daemon()
    service.start_daemon()
    assert vault.read(HUB) == TOKEN


def test_k4_a_keyring_that_hangs_is_left_after_a_while(service: SecretService, vault: Vault) -> None:
    vault.keep(HUB, TOKEN)
    service.freeze()
    with pytest.raises(KeyringSilent) as raised:
        Vault(vault_command(), patience_s=2.0).read(HUB)
    assert raised.value.values["limit_s"] == 2.0
    helpers = [child for child in psutil.Process().children() if "--vault-helper" in child.cmdline()]
    assert helpers == []


def test_k5_a_keyring_that_was_reset_has_no_token(
    service: SecretService, vault: Vault, tmp_path: Path
) -> None:
    vault.keep(HUB, TOKEN)
    service.end_daemon()
    for kept in (tmp_path / "data" / "keyrings").iterdir():
        kept.unlink()
    service.start_daemon("a new password")
    assert vault.read(HUB) is None
    vault.keep(HUB, "hf_new")
    assert vault.read(HUB) == "hf_new"


@pytest.mark.parametrize("wrong", ["two\nlines", "Bearer x\r\nHost: evil", "", "töken", "x" * 2000])
def test_k6_what_cannot_be_a_token_is_none(service: SecretService, vault: Vault, wrong: str) -> None:
    vault.keep(HUB, wrong)
    assert vault.read(HUB) is None


@pytest.mark.parametrize(
    "backend",
    ["keyring.backends.null.Keyring", "tests.helpers.plain_keyring.PlainKeyring"],
)
def test_k7_a_keyring_that_would_keep_it_in_the_clear_is_refused(
    service: SecretService, vault: Vault, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for use in (lambda: vault.keep(HUB, TOKEN), lambda: vault.read(HUB), lambda: vault.forget(HUB)):
        with pytest.raises(KeyringRefused) as raised:
            use()
        assert raised.value.values["backend"] == backend


def test_k7_a_keyring_that_is_none_is_told(
    service: SecretService, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nothing.of.the.kind")
    with pytest.raises(KeyringFault):
        vault.read(HUB)


def test_k7_beside_a_plain_keyring_the_safe_one_is_used(
    service: SecretService, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With several keyrings installed the library would ask one after the other."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.helpers.plain_keyring.Several")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    vault.keep(HUB, TOKEN)
    assert vault.read(HUB) == TOKEN


def test_a_helper_that_breaks_is_told_with_its_exit_code() -> None:
    broken = Vault([sys.executable, "-c", "import sys; sys.stdin.readline(); print('nonsense'); sys.exit(3)"])
    with pytest.raises(KeyringFault) as raised:
        broken.read(HUB)
    assert raised.value.values["reason"] == "exit code 3"
    assert issubclass(KeyringFault, VaultError)


def test_the_token_is_kept_as_what_it_is_for(service: SecretService, vault: Vault) -> None:
    vault.keep(HUB, TOKEN)
    code = "import keyring, sys; print(keyring.get_password(*sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, SERVICE, HUB], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == TOKEN
