"""Sinks: one file for each kind of store."""
