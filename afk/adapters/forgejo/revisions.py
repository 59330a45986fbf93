"""When a text was changed on Forgejo: a page for people, since the API does not tell.

``GET {web}/{o}/{r}/issues/{n}/content-history/list?comment_id={id}``, 0 for the issue's own text
(``070``, ``071``, ``074``, ``078``, ``102``). It takes no token: of a private repository, or behind
a login, it cannot be read.
"""

from collections.abc import Sequence
from datetime import datetime

from httpx import codes

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.wire import HISTORY, parse


def revisions(
    api: ForgejoApi, web: str, repo: str, number: int, comment: str
) -> Sequence[datetime] | None:
    """Return the times of a text's revisions, its creation among them if it was edited.

    None where nobody is shown the page. A server that is not well just now says nothing of that:
    it is an error, and whoever asked asks again in a later tick.
    """
    url = f"{web}/{repo}/issues/{number}/content-history/list"
    params = {"comment_id": comment}
    answer = api.http.send("GET", url, params=params, repeat=True, anonymous=True)
    what = f"reading edits of {repo}#{number}"
    if codes.is_server_error(answer.status) or answer.status == codes.TOO_MANY_REQUESTS:
        raise error_of(answer, what, repo=repo)
    if answer.status != codes.OK or not answer.is_json:
        return None
    return mapping.edit_times(parse(HISTORY, answer.json, what))
