"""How hypothesis searches: the same examples every time, or many new ones.

``make test`` has to answer alike on every machine, so it derives its examples from the tests.
``make test PYTEST=--hypothesis-profile=thorough`` goes looking for what those do not show.
"""

from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None, max_examples=50, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("same")
