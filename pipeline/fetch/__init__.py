"""HTTP towards hosts that nobody here knows: no private addresses, bounded in bytes and time, polite to each host.

addresses: which addresses may be asked. decompression: bodies, bounded. client: one request, with its redirects.
failures: what went wrong, in words. hosts: one request at a time to a host, with pauses. robots: robots.txt.
"""
