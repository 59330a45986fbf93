"""Requests a tick sends while issues wait, by how many wait: flat, but for the listing's own pages.

Every row is one tick against the sandbox, inside this process. The issues are open, ready, tracked,
and have not moved for hours, as most of a long queue. *busy*: a person's lock is on the repository,
so that none of them may start. *blocked*: the repository is free, and each of them waits for an
issue that is open. *relabelled*: they have moved within two hours, so all are read, as all were
before there was a difference.

``python bench/waiting.py [--most 10000]``
"""
