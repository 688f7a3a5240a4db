"""The local OpenSearch: one node at 127.0.0.1, without authentication, as Elasticsearch's stand-in on a laptop."""

from __future__ import annotations

import http.client
import json
from typing import ClassVar

from pipeline.config import Local
from pipeline.engines.base import HOST, LOGS, Engine, Place, log4j

_SETTINGS = {
    "network.host": HOST,
    # Between nodes, of which there is one: any port that is free.
    "transport.port": 0,
    # It counts the whole disk, not ours: on a nearly full laptop it would turn indices read-only.
    "cluster.routing.allocation.disk.threshold_enabled": False,
    "action.destructive_requires_name": True,
}


class OpenSearch(Engine):
    """A node whose HTTP interface is at the port `listen`."""

    name = "opensearch"
    title = "OpenSearch"
    artifact = "opensearch"
    # The runner takes no HTTP port of 9300 or more: there the ports between nodes begin.
    ports: ClassVar = {"listen": range(8300, 9299)}

    def heap(self, local: Local) -> str:
        """As the settings say."""
        return local.opensearch_heap

    def options(self, place: Place) -> list[str]:
        """Fast to start; the runner stops its node on SIGTERM."""
        arguments = {
            "-basePath": ".",
            "-confPath": "config",
            "-dataPath": "data",
            "-logsPath": f"../{LOGS}",
            "-numOfNode": "1",
            "-clusterName": "newswire",
            # The runner numbers its nodes from 1 and adds the number.
            "-baseHttpPort": str(place.ports["listen"] - 1),
        }
        return [
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.locale.providers=CLDR,SPI",  # Thai word breaks come from a jar
            "--enable-native-access=ALL-UNNAMED",
            "org.codelibs.opensearch.runner.OpenSearchRunner",
            *(word for pair in arguments.items() for word in pair),
        ]

    def configure(self, place: Place) -> None:
        """Write opensearch.yml (JSON is YAML) and log4j2.properties."""
        folder = place.home / "config"
        folder.mkdir(exist_ok=True)
        (folder / "opensearch.yml").write_text(json.dumps(_SETTINGS, indent=2) + "\n")
        (folder / "log4j2.properties").write_text(log4j(self.name))

    def is_ready(self, port: int) -> bool:
        """Whether every primary shard can be searched and written: cluster health yellow or green."""
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/_cluster/health")
            health = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        return health.get("status") in ("yellow", "green")
