"""A web of feeds on loopback to judge the poller by: many hosts in virtual time, and feeds as they should not be.

`plan.py` says what is published when, `formats.py` writes it, `answers.py` answers requests, `server.py` serves them
in a process of its own, `ledger.py` keeps every request, `site.py` starts and asks it. `bad.py` lists bad feeds and
what is expected of them, `bad_answers.py` is how they behave, `bad_server.py` serves them.
"""
