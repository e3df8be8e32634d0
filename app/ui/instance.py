"""One window per profile: a second start raises the first window."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_MS = 1000


def server_name(profile_data: Path) -> str:
    """A name for this person's profile; another person's, or another profile's, differs."""
    key = f"{getpass.getuser()}:{profile_data.resolve()}"
    return "alcove-" + hashlib.sha256(key.encode()).hexdigest()[:24]


class Doorbell(QObject):
    """Rung by a second start; made only by whoever holds the profile's lock."""

    def __init__(self, profile_data: Path, rung: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        name = server_name(profile_data)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(name)  # left by a killed Alcove: the lock says that it is gone
        self._server.listen(name)
        self._server.newConnection.connect(self._answer)
        self._rung = rung

    def _answer(self) -> None:
        while connection := self._server.nextPendingConnection():
            connection.disconnected.connect(connection.deleteLater)
            connection.disconnectFromServer()
            self._rung()

    def close(self) -> None:
        self._server.close()


def ring(profile_data: Path) -> bool:
    """Ask the window that has this profile to come to the front; False if there is none."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(profile_data))
    is_there = socket.waitForConnected(ANSWER_MS)
    if is_there and socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
        socket.waitForDisconnected(ANSWER_MS)
    return is_there
