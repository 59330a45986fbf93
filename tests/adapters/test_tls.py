"""One TLS context for all, made while something else is done."""

import ssl

from afk.adapters.tls import read_ahead, tls_context


def test_context__is_the_one_that_was_read_ahead__and_checks_who_answers() -> None:
    begun = read_ahead()
    assert tls_context() is begun.result() is tls_context()
    assert tls_context().verify_mode is ssl.CERT_REQUIRED
    assert tls_context().check_hostname
