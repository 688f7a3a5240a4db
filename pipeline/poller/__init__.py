"""`newswire run feeds`: polls feeds, fetches pages, and publishes what is new. Any number of processes share the feeds.

member.py is one process's membership in the group, in a thread: it gains and loses partitions, reads their tables
(tables.py) and takes what other pollers found. Everything else runs in one event loop: agenda.py says what is due and
keeps hosts apart, poll.py polls a feed, door.py lets articles in once. polling/ decides; here is only what waits.

A step is written down only after what it stands for: a process may die between any two, and the next one repeats the
second at most. Ids make that harmless.
"""
