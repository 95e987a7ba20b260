"""A telephone line between a device and the hospital that can go dead without anybody being told.

Cutting a socket is heard at once on this machine; a lost network is not: nothing arrives, nothing is closed, and
the other side goes on sending into the void.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator


class Line:
    """Forwards bytes between `port` and the hospital until it is dead. What was dead stays dead; new calls get through
    once the line is mended."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._dead: set[socket.socket] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def goes_dead(self) -> None:
        """From here on nothing passes on the calls that are open, in neither direction."""
        with self._lock:
            self._dead.update(end for pair in self._pairs for end in pair)

    def end(self) -> None:
        """Hang up everything."""
        self._ended.set()
        self._thread.join(timeout=5)
        for end in (self._listener, *(end for pair in self._pairs for end in pair)):
            end.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ, None)
            while not self._ended.is_set():
                for key, _ in selector.select(timeout=0.1):
                    if key.fileobj is self._listener:
                        self._connect(selector)
                    else:
                        self._forward(selector, key.fileobj, key.data)  # type: ignore[arg-type]

    def _connect(self, selector: selectors.BaseSelector) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(("127.0.0.1", self._to))
        with self._lock:
            self._pairs.append((near, far))
        selector.register(near, selectors.EVENT_READ, far)
        selector.register(far, selectors.EVENT_READ, near)

    def _forward(self, selector: selectors.BaseSelector, source: socket.socket, target: socket.socket) -> None:
        with self._lock:
            dead = source in self._dead
        if dead:
            selector.unregister(source)  # the sender's bytes pile up unread, as they would on the way
            return
        with contextlib.suppress(OSError):
            if heard := source.recv(1 << 16):
                target.sendall(heard)
                return
        selector.unregister(source)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line for the length of a block."""
    line = Line(port)
    try:
        yield line
    finally:
        line.end()
