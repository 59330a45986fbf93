"""How an address is shown to people: without what may be a secret in it; pure."""

from functools import lru_cache

import httpx


@lru_cache(maxsize=256)
def shown_address(url: str) -> str:
    """Return an address without credentials or query, for messages; never raises."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that cannot be parsed"
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}{parsed.path}"
