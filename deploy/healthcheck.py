"""Health of a Newswire service in a container: exit 0 if it answers, else 1 with the reason.

A service serves them from its start to its end, and ends by itself when it makes no progress (worker.stall_seconds).
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_SECONDS = 5


def main() -> int:
    """Ask this container's own service: for its metrics and, where it listens for articles, for its health."""
    metrics = int(os.environ.get("NEWSWIRE_METRICS__PORT", "0"))
    if not metrics:
        sys.stderr.write("NEWSWIRE_METRICS__PORT is not set\n")
        return 1
    web = int(os.environ.get("NEWSWIRE_WEB__PORT", "0"))
    healthy = answers(metrics, "metrics", b"newswire_") and (not web or answers(web, "healthz", b'"ok"'))
    return 0 if healthy else 1


def answers(port: int, what: str, expected: bytes) -> bool:
    """Whether it is there; says so if not."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"/{what}")
        response = connection.getresponse()
        healthy = response.status == 200 and expected in response.read()
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"no {what} on port {port}: {error}\n")
        return False
    finally:
        connection.close()
    if not healthy:
        sys.stderr.write(f"port {port} serves something else, HTTP {response.status}\n")
    return healthy


if __name__ == "__main__":
    sys.exit(main())
