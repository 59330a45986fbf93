"""What a server says of the time, as the standard library writes it."""

from datetime import UTC, datetime
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from afk_sandbox.forge.request_log import http_date


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  the zone is given apart
def test_http_date__of_any_time__is_the_standard_library_s(at: datetime) -> None:
    assert http_date(at) == format_datetime(at.replace(microsecond=0), usegmt=True)
