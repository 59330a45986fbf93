"""How an address is shown to people. Pure; `afk.adapters.hosts` may not know httpx."""

import httpx


def shown_address(url: str) -> str:
    """Return an address without credentials or query, for messages; never raises."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that cannot be parsed"
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}{parsed.path}"
