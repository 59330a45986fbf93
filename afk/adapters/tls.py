"""The one TLS context of a process: the system's authorities, SSL_CERT_FILE respected.

To read the authorities takes some 35 ms, in which OpenSSL holds up nobody: who knows that servers
will be talked to begins it, and does something else meanwhile.
"""

import ssl
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache


def tls_context() -> ssl.SSLContext:
    """Return it, the same one each time."""
    return read_ahead().result()


@cache
def read_ahead() -> Future[ssl.SSLContext]:
    """Begin to make it, in a thread of its own."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="tls")
    made = pool.submit(ssl.create_default_context)
    pool.shutdown(wait=False)
    return made
