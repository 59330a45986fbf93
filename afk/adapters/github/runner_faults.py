"""Which failed jobs were failed by what carries them, not by the code: their annotations say; pure.

A job that never ran, or whose runner went away, has the conclusion "failure" like any other
(https://github.com/qf-studio/pilot/issues/4591). Beside it stand annotations, of GitHub's service,
of its runner, and of the steps. A step can print any words (``::error::...``), so a message counts
only whole or from its beginning, in the words of service and runner, and only where those write:

* at the job (path ``.github``), never at a file, and without a title, which only steps give;
* what the service writes itself at line 1 (a public capture of such a job:
  ``tools/e2e/pr-e2e-gate`` of https://github.com/NVIDIA/NemoClaw), where a step's log shows its
  command; what the runner writes may stand at any line.

Unknown words leave a failure a failure: that costs a turn, the opposite would hide red code.
"""

import re
from collections.abc import Iterable
from typing import Final

from afk.adapters.github.ci_wire import WireAnnotation

_JOB: Final = ".github"
_FIRST: Final = 1
_LEVELS: Final = frozenset({"", "FAILURE", "WARNING"})

# From the beginning of the message; where one is known, a public report stands above.
_SERVICE: Final = (
    # https://github.com/actions/runner/issues/1546 , https://github.com/actions/runner/issues/2624
    r"the (self-)?hosted runner\b.{0,200}? lost communication with the server\.",
    r"the agent: .{1,200} lost communication with the server\.",
    r"the job was not acquired by runner of type \S+ even after multiple attempts",
    # a bill unpaid, an account locked: https://github.com/qf-studio/pilot/issues/4591
    r"the job was not started because ",
    # https://github.com/actions/runner/issues/744
    r"github actions has encountered an internal error when running your job",
    # https://github.com/BoundaryML/baml/issues/4680
    r"the job has exceeded the maximum execution time while awaiting a runner",
    r"the (self-)?hosted runner\b.{0,200}? encountered an error while running your job",
    r"an error occurred while provisioning resources",
    r"the remote provider was unable to process the request",
    r"received request to deprovision: the request was cancelled by the remote provider",
)
_RUNNER: Final = (
    r"the runner has received a shutdown signal",
    # https://github.com/actions/runner/issues/851
    r"failed to resolve action download info",
    r"failed to download archive '[^']{1,500}' after \d+ attempts",
    r"failed to download action '[^']{1,500}'",
    r"the http request timed out after \d\d:\d\d:\d\d",
    r"(error: )?unexpected http response: (408|429|5\d\d)",
    r"(error: )?failed to download .{1,300}unexpected http response: (408|429|5\d\d)",
    r"(error: )?response status code does not indicate success: (408|429|5\d\d)",
    r"(error: )?failed to (create|finalize)artifact: .{0,300}(\(5\d\d\)|enotfound|econnreset)",
    r"(error: )?failed to createartifact: artifact storage quota has been hit",
    r"our services aren't available right now",
    r"we couldn't respond to your request in time",
    r"the ssl connection could not be established",
    r"(fatal|error): unable to access '[^']{1,500}': the requested url returned error: (429|5\d\d)",
    r"(fatal|error): unable to access '[^']{1,500}': (could not resolve host|failed to connect)",
    # the disk: https://github.com/actions/runner-images/discussions/9329
    r"you are running out of disk space\. the runner will stop working",
    r"(unhandled exception\. )?system\.io\.ioexception: no space left on device",
    r"(error: )?(enospc: )?no space left on device\b",
    # images of a job's container and services, before its first step
    r"docker pull failed with exit code \d+",
    r"(error response from daemon: )?toomanyrequests: ",
    r"(error: )?buildx failed with: .{0,500}(toomanyrequests|429 too many requests)",
)
_WHOLE: Final = (
    r"(error: )?(bad gateway|service unavailable|gateway time-?out|internal server error)\.?"
)
_SERVICE_SAYS: Final = re.compile("|".join(_SERVICE), re.IGNORECASE | re.DOTALL)
_RUNNER_SAYS: Final = re.compile("|".join(_RUNNER), re.IGNORECASE | re.DOTALL)
_RUNNER_ONLY_SAYS: Final = re.compile(_WHOLE, re.IGNORECASE)


def blames_the_runner(annotations: Iterable[WireAnnotation]) -> bool:
    """Say whether any of a failed job's annotations blames what carries the job."""
    return any(_blames(one) for one in annotations)


def _blames(one: WireAnnotation) -> bool:
    at_the_job = one.path in ("", _JOB) and not one.title
    if not at_the_job or one.annotation_level not in _LEVELS:
        return False
    words = one.message.strip()
    if _SERVICE_SAYS.match(words):
        return one.line in (None, _FIRST)
    return bool(_RUNNER_SAYS.match(words) or _RUNNER_ONLY_SAYS.fullmatch(words))
