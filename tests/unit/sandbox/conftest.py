"""Beds for tests of the sandbox's pull requests, one of each forge."""

import pytest
from support.pull_bed import PullBed


@pytest.fixture
def bed(request: pytest.FixtureRequest) -> PullBed:
    """A bed with Forgejo's rules, or both in turn where a test is marked `BEDS`."""
    return PullBed(github=getattr(request, "param", False))


@pytest.fixture
def hub() -> PullBed:
    """A bed with GitHub's rules."""
    return PullBed(github=True)
