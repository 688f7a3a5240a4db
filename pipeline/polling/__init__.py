"""Decisions about feeds and pages, pure: when to poll, what is new, what is wrong, what to fetch. No clock, no socket.

The poller (`poller/`) fetches, asks here, and writes down what follows.
"""
