"""HTTP towards hosts that nobody here knows: no private addresses, bounded in bytes and time, polite to each host.

addresses: which addresses may be asked. decompression: bodies, bounded. request: where one goes, redirects included.
client: one request and its answer. failures: what went wrong, in words. hosts: one request at a time to a host, with
pauses. robots: robots.txt.
"""
