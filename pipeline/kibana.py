"""The Kibana data views and dashboards that ship with Newswire, of articles and of alerts, and their import.

The objects are in `dashboards/*.ndjson`, as Kibana exports them (Stack Management → Saved Objects); they can be
imported there by hand as well. They are written in the format of Kibana 8.9, which newer ones migrate on import.
API: https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-import
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import msgspec
import urllib3

from pipeline.config import Elasticsearch
from pipeline.errors import NewswireError

OWN_PREFIX = "news"
"""The index prefix that the shipped objects were made for."""
DASHBOARD = "overview"
_STACK_VERSIONS = "Kibana 8.9 or newer"


class KibanaError(NewswireError):
    """Kibana could not be reached, refused us, or did not take an object; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: how many objects Kibana has now, and the address of the dashboard of articles."""

    objects: int
    dashboard: str


def saved_objects(prefix: str = OWN_PREFIX) -> bytes:
    """The shipped objects (newline-delimited JSON) for the deployment with this `index_prefix`."""
    folder = files("pipeline") / "dashboards"
    shipped = sorted((file for file in folder.iterdir() if file.name.endswith(".ndjson")), key=lambda file: file.name)
    return for_prefix(b"".join(file.read_bytes() for file in shipped), prefix)


def for_prefix(objects: bytes, prefix: str) -> bytes:
    """The same objects for another index prefix: the data views' indices, the ids (two deployments can share a Kibana)
    and the titles, so that a person can tell them apart.
    """
    if prefix == OWN_PREFIX:
        return objects
    decoded = [msgspec.json.decode(line) for line in objects.splitlines() if line.strip()]
    ids = {each["id"]: f"{prefix}-{each['id'].removeprefix(OWN_PREFIX + '-')}" for each in decoded}
    renamed = [_renamed(each, ids) for each in decoded]
    for each in renamed:
        attributes = each["attributes"]
        if each["type"] == "index-pattern":
            attributes["title"] = f"{prefix}-{attributes['title'].removeprefix(OWN_PREFIX + '-')}"
            attributes["name"] += f" ({prefix})"
        else:
            attributes["title"] += f" ({prefix})"
    return b"".join(msgspec.json.encode(each) + b"\n" for each in renamed)


def import_saved_objects(
    url: str, elasticsearch: Elasticsearch, index_prefix: str = OWN_PREFIX, *, timeout: float = 60.0
) -> Imported:
    """Put the shipped objects into Kibana, over older versions of them. Raises KibanaError.

    Kibana takes the credentials and the certificate authority of Elasticsearch. `url` may hold a base path and a space,
    as in `https://kibana.example/s/newsroom`. `timeout`: seconds without an answer.
    """
    base = _base_address(url)
    objects = saved_objects(index_prefix)
    answer = _post(base, objects, elasticsearch, timeout)
    taken = _check(base, answer, objects.count(b"\n"))
    return Imported(taken, f"{base}/app/dashboards#/view/{index_prefix}-{DASHBOARD}")


def _renamed(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, ids) for each in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, each in value.items():
        if key == "id" and isinstance(each, str):
            result[key] = ids.get(each, each)
        elif key.endswith("JSON") and isinstance(each, str):
            # Kibana keeps panels, controls and queries as JSON in a string.
            result[key] = msgspec.json.encode(_renamed(msgspec.json.decode(each), ids)).decode()
        else:
            result[key] = _renamed(each, ids)
    return result


def _base_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise KibanaError(f"{url!r} is no address of a Kibana; it looks like https://kibana.example:5601")
    if parts.username is not None or parts.password is not None:
        raise KibanaError("leave the password out of Kibana's address; set elasticsearch.username and .password")
    return url.rstrip("/")


def _post(base: str, objects: bytes, elasticsearch: Elasticsearch, timeout: float) -> urllib3.BaseHTTPResponse:
    headers = {"kbn-xsrf": "newswire", **_authorization(elasticsearch)}
    if elasticsearch.ca_file and not elasticsearch.ca_file.is_file():
        raise KibanaError(f"elasticsearch.ca_file names {elasticsearch.ca_file}, which is no file")
    # Without a file of ours, the system's authorities are asked.
    pool = urllib3.PoolManager(
        ca_certs=str(elasticsearch.ca_file) if elasticsearch.ca_file else None, cert_reqs="CERT_REQUIRED"
    )
    try:
        with pool:
            return pool.request(
                "POST",
                f"{base}/api/saved_objects/_import?overwrite=true",
                headers=headers,
                fields={"file": ("newswire.ndjson", objects, "application/ndjson")},
                timeout=timeout,
                retries=False,
            )
    except urllib3.exceptions.SSLError as error:
        raise KibanaError(f"no trusted connection to Kibana at {base}: {error}; see elasticsearch.ca_file") from error
    except urllib3.exceptions.NewConnectionError as error:  # a TimeoutError to urllib3, so it comes first
        raise KibanaError(f"no connection to Kibana at {base}: {error}") from error
    except urllib3.exceptions.TimeoutError as error:
        raise KibanaError(f"Kibana at {base} did not answer within {timeout:.0f} s") from error
    except urllib3.exceptions.HTTPError as error:
        raise KibanaError(f"the connection to Kibana at {base} broke: {error}") from error


def _authorization(elasticsearch: Elasticsearch) -> dict[str, str]:
    if elasticsearch.api_key is not None:
        return {"Authorization": f"ApiKey {elasticsearch.api_key.get_secret_value()}"}
    if elasticsearch.username is not None and elasticsearch.password is not None:
        user = f"{elasticsearch.username}:{elasticsearch.password.get_secret_value()}"
        return {"Authorization": f"Basic {b64encode(user.encode()).decode()}"}
    return {}


def _check(base: str, response: urllib3.BaseHTTPResponse, sent: int) -> int:
    """The number of objects that Kibana took, which is `sent`. Raises KibanaError."""
    if response.status in {401, 403}:
        raise KibanaError(
            f"Kibana at {base} refused us (HTTP {response.status}): set elasticsearch.api_key, or username and"
            " password, of a user who may manage saved objects"
        )
    try:
        answer = msgspec.json.decode(response.data)
    except msgspec.DecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise KibanaError(f"{base} is no Kibana, or not ready: HTTP {response.status} without JSON")
    if response.status != 200:
        raise KibanaError(f"Kibana at {base}: HTTP {response.status}: {answer.get('message', 'no reason given')}")
    if errors := answer.get("errors"):
        raise KibanaError(f"Kibana at {base} did not take {'; '.join(map(_fault, errors))}")
    taken = answer.get("successCount")
    if answer.get("success") is not True or taken != sent:
        raise KibanaError(f"Kibana at {base} took {taken} of {sent} objects; they need {_STACK_VERSIONS}")
    return sent


def _fault(error: dict[str, Any]) -> str:
    """One refused object in words: Kibana's error has a type, and per type a reason or the references it misses."""
    what = f"{error.get('type', 'object')} {error.get('id', '?')}"
    cause = error.get("error", {})
    reason = cause.get("message") or cause.get("reason") or cause.get("type", "no reason given")
    missing = ", ".join(f"{each.get('type')} {each.get('id')}" for each in cause.get("references", ()))
    return f"{what}: {reason}{f' ({missing})' if missing else ''}"
