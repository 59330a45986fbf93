"""What a token may look like before it goes into an HTTP header. Pure."""

from afk.errors import TokenError


def check_token(token: str, name: str, where: str) -> str:
    """Return the token without surrounding white space; `TokenError` if none or malformed.

    A newline or a NUL inside a header value makes httpx raise with the value in its message, and
    T3's own command prints a token with an empty line behind it.
    """
    token = token.strip()
    if not token:
        raise TokenError(
            f"there is no token for {name}",
            cause=f"{where} is missing or empty",
            next_step=f"set {where}; on a runner, pass it as a secret in the step's env",
        )
    if not all("!" <= character <= "~" for character in token):
        raise TokenError(
            f"the token for {name} contains white space or characters outside of printable ASCII",
            cause=f"{where} holds more than the token, or a damaged copy",
            next_step=f"set {where} again, with the token alone",
        )
    return token
