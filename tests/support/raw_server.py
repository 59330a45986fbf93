"""A server on loopback that answers any request with the bytes it is told, at the pace it is told.

Real sockets, because what is tested is how long afk waits on them.
"""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class RawServer:
    """Where it listens, and what it was sent."""

    url: str
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def raw_server(parts: Sequence[bytes], pause: float = 0.0) -> Iterator[RawServer]:
    """Answer each connection's first request with the parts, ``pause`` seconds between them."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        here = RawServer(f"http://127.0.0.1:{listening.getsockname()[1]}")

        def answer(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                here.requests.append(connection.recv(65_536))
                for part in parts:
                    if over.is_set():
                        return
                    connection.sendall(part)
                    time.sleep(pause)

        def accept() -> None:
            while not over.is_set():
                with suppress(TimeoutError):
                    connection, _ = listening.accept()
                    threading.Thread(target=answer, args=(connection,), daemon=True).start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield here
        finally:
            over.set()
            accepting.join()
