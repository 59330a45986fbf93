"""A web page in place of an answer: what a proxy or a login page sends to any request. Pure."""

from afk.adapters.http import Answer


def not_a_page(answer: Answer) -> Answer:
    """Return an answer whose status alone is looked at; raises `ServerFault` for a web page.

    A login page answers 200 to a merge as well, and then nothing was merged.
    """
    if answer.ok and "html" in answer.headers.get("content-type", ""):
        _ = answer.json  # says what stands in front
    return answer
