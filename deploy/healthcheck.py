"""Health of a Newswire service in a container: exit 0 if it serves its metrics, else 1 with the reason.

A service serves them from its start to its end, and ends by itself when it makes no progress (worker.stall_seconds).
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_SECONDS = 5


def main() -> int:
    """Ask this container's own service."""
    port = int(os.environ.get("NEWSWIRE_METRICS__PORT", "0"))
    if not port:
        sys.stderr.write("NEWSWIRE_METRICS__PORT is not set\n")
        return 1
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        healthy = response.status == 200 and b"newswire_" in response.read()
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"no metrics on port {port}: {error}\n")
        return 1
    finally:
        connection.close()
    if not healthy:
        sys.stderr.write(f"port {port} serves something else, HTTP {response.status}\n")
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main())
