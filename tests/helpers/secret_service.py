"""A Secret Service of one's own: gnome-keyring on a private D-Bus, in a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

PASSWORD = "the keyring's password"
PATIENCE_S = 20.0


class SecretService:
    """A bus, and the daemon once it was started; without it the bus starts a locked one when asked."""

    def __init__(self, home: Path) -> None:
        folders = {
            "HOME": home,
            "XDG_RUNTIME_DIR": home / "run",
            "XDG_DATA_HOME": home / "data",
            "XDG_CONFIG_HOME": home / "config",
        }
        for folder in folders.values():
            folder.mkdir(mode=0o700, exist_ok=True)
        self.home = home
        self.surroundings: Mapping[str, str] = {name: str(folder) for name, folder in folders.items()}
        self._daemon: subprocess.Popen[bytes] | None = None
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._bus.stdout is not None
        address = self._bus.stdout.readline().strip()
        self.surroundings = {**self.surroundings, "DBUS_SESSION_BUS_ADDRESS": address}

    def __enter__(self) -> SecretService:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_daemon()
        self._bus.terminate()
        self._bus.communicate()

    def start_daemon(self, password: str = PASSWORD) -> None:
        """Start the daemon, its keyring unlocked if the password is right."""
        self._daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"],
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(password.encode())
        self._daemon.stdin.close()
        until = time.monotonic() + PATIENCE_S
        while not self._is_there():
            if time.monotonic() > until:
                raise TimeoutError("the daemon did not appear on its bus")
            time.sleep(0.02)

    def end_daemon(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def freeze(self) -> None:
        """The daemon is there, and answers nothing."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def files(self) -> list[bytes]:
        """What the daemon has written to disk."""
        return [path.read_bytes() for path in self.home.rglob("*") if path.is_file()]

    def _is_there(self) -> bool:
        words = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
        question = ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
        done = subprocess.run([*words, *question], env=self._environment(), capture_output=True, check=False)
        return b"boolean true" in done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DBUS")}
        return {**kept, **self.surroundings}
