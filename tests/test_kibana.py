"""The shipped Kibana objects are sound and fit the index; the import sends them and understands Kibana's answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline import alert_index, search_index
from pipeline.config import Elasticsearch
from pipeline.kibana import KibanaError, import_saved_objects, saved_objects

ROOT = Path(__file__).parent.parent
INDICES: dict[str, Any] = {"articles": search_index, "alerts": alert_index}
CONTROLS = {"articles": {"language", "source.name"}, "alerts": {"rule.id", "rule.owner", "article.source.name"}}


# --- the objects ---


def objects(prefix: str = "news") -> dict[str, dict[str, Any]]:
    """The shipped objects by id, with the JSON in their strings decoded."""
    decoded = [json.loads(line) for line in saved_objects(prefix).splitlines()]
    return {each["id"]: _open(each) for each in decoded}


def _open(value: Any) -> Any:
    if isinstance(value, list):
        return [_open(each) for each in value]
    if isinstance(value, dict):
        return {
            key: _open(json.loads(each)) if key.endswith("JSON") and isinstance(each, str) else _open(each)
            for key, each in value.items()
        }
    return value


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _walk(each)


def _of_type(kind: str, prefix: str = "news", index: str = "articles") -> dict[str, Any]:
    """The data view (index-pattern), search or dashboard of articles or of alerts."""
    (found,) = [
        each
        for each in objects(prefix).values()
        if each["type"] == kind and f"{prefix}-{index}" in {each["id"], *(ref["id"] for ref in each["references"])}
    ]
    return found


def test_deploy_kibana_is_where_the_shipped_objects_are() -> None:
    assert list((ROOT / "deploy" / "kibana").glob("*.ndjson"))


@pytest.mark.parametrize("prefix", ["news", "desk-2"])
def test_every_reference_leads_to_an_object_of_the_file(prefix: str) -> None:
    known = {(each["type"], each["id"]) for each in objects(prefix).values()}
    references = [ref for each in _walk(list(objects(prefix).values())) for ref in each.get("references", ())]
    assert references
    assert {(ref["type"], ref["id"]) for ref in references} <= known


def test_objects_come_after_what_they_refer_to_and_name_their_format() -> None:
    seen: set[str] = set()
    for each in objects().values():
        assert {ref["id"] for ref in each["references"]} <= seen
        assert each["coreMigrationVersion"] == "8.8.0"
        assert each["typeMigrationVersion"].startswith("8.")
        seen.add(each["id"])


@pytest.mark.parametrize("index", INDICES)
def test_every_panel_has_its_reference_and_its_own_place(index: str) -> None:
    dashboard = _of_type("dashboard", index=index)
    panels = dashboard["attributes"]["panelsJSON"]
    names = {ref["name"] for ref in dashboard["references"]}
    cells: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridData"]
        assert place["i"] == panel["panelIndex"]
        assert place["x"] + place["w"] <= 48
        covered = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not covered & cells
        cells |= covered
        if panel["type"] == "lens":
            layers = panel["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]
            needed = {f"{panel['panelIndex']}:indexpattern-datasource-layer-{layer}" for layer in layers}
        else:
            needed = {f"{panel['panelIndex']}:{panel['panelRefName']}"}
        assert needed <= names
    controls = dashboard["attributes"]["controlGroupInput"]["panelsJSON"]
    assert {each["explicitInput"]["fieldName"] for each in controls.values()} == CONTROLS[index]
    assert {f"controlGroup_{each}:optionsListDataView" for each in controls} <= names


@pytest.mark.parametrize(("index", "charts"), [("articles", 4), ("alerts", 3)])
def test_charts_draw_columns_that_they_have(index: str, charts: int) -> None:
    panels = [each for each in _of_type("dashboard", index=index)["attributes"]["panelsJSON"] if each["type"] == "lens"]
    assert len(panels) == charts
    for panel in panels:
        state = panel["embeddableConfig"]["attributes"]["state"]
        layers = state["datasourceStates"]["formBased"]["layers"]
        for drawn in state["visualization"]["layers"]:
            columns = layers[drawn["layerId"]]["columns"]
            assert layers[drawn["layerId"]]["columnOrder"] == list(columns)
            used = {
                *drawn["accessors"],
                drawn["xAccessor"],
                *([drawn["splitAccessor"]] if "splitAccessor" in drawn else []),
            }
            assert used == set(columns)
            for column in columns.values():
                if column["operationType"] == "terms":
                    assert column["params"]["orderBy"]["columnId"] in columns


@pytest.mark.parametrize(
    ("index", "counted", "columns"),
    [
        (
            "articles",
            {"language", "people.name", "organisations.name", "places.name"},
            ["headline", "source.name", "language", "people.name"],
        ),
        (
            "alerts",
            {"rule.id", "article.source.name"},
            ["rule.id", "article.headline", "snippet.text", "article.source.name"],
        ),
    ],
)
def test_the_dashboard_shows_what_was_asked_for(index: str, counted: set[str], columns: list[str]) -> None:
    fields = {each["sourceField"] for each in _walk(_of_type("dashboard", index=index)) if "sourceField" in each}
    assert fields == counted | {"@timestamp", "___records___"}
    search = _of_type("search", index=index)["attributes"]
    assert search["columns"] == columns
    assert search["sort"] == [["@timestamp", "desc"]]


def test_another_prefix_gets_its_own_index_ids_and_titles() -> None:
    ours, theirs = objects("news"), objects("desk-2")
    assert not set(ours) & set(theirs)
    for index, title in (("articles", "News overview (desk-2)"), ("alerts", "News alerts (desk-2)")):
        assert _of_type("index-pattern", "desk-2", index)["attributes"]["title"] == f"desk-2-{index}"
        assert _of_type("dashboard", "desk-2", index)["attributes"]["title"] == title
        assert f"news-{index}".encode() not in saved_objects("desk-2")


# --- the objects against the index ---


def _mapped_fields(index: str) -> dict[str, str]:
    """Type of every field of the index by its full name."""

    def flatten(properties: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
        for name, field_mapping in properties.items():
            full = f"{path}{name}"
            if "type" in field_mapping:
                yield full, field_mapping["type"]
            # Kibana's charts cannot look into nested documents, so only plain objects are followed.
            if field_mapping.get("type", "object") == "object" and field_mapping.get("enabled", True):
                yield from flatten(field_mapping.get("properties", {}), f"{full}.")
            yield from flatten(field_mapping.get("fields", {}), f"{full}.")

    return dict(flatten(INDICES[index].mapping()["properties"], ""))


@pytest.mark.parametrize("index", INDICES)
def test_the_data_view_reads_the_alias_that_the_sink_writes(index: str) -> None:
    for prefix in ("news", "desk-2"):
        title = _of_type("index-pattern", prefix, index)["attributes"]["title"]
        assert title == INDICES[index].alias(prefix)


@pytest.mark.parametrize("index", INDICES)
def test_the_time_field_is_a_date(index: str) -> None:
    view = _of_type("index-pattern", index=index)["attributes"]
    assert _mapped_fields(index)[view["timeFieldName"]] == "date"


@pytest.mark.parametrize("index", INDICES)
def test_every_field_of_a_chart_or_control_is_in_the_index_and_can_be_counted(index: str) -> None:
    fields = _mapped_fields(index)
    dashboard = _of_type("dashboard", index=index)
    columns = [each for each in _walk(dashboard) if "sourceField" in each and each["sourceField"] != "___records___"]
    assert {each["operationType"] for each in columns} == {"terms", "date_histogram"}
    for column in columns:
        wanted = {"terms": "keyword", "date_histogram": "date"}[column["operationType"]]
        assert fields.get(column["sourceField"]) == wanted, column["sourceField"]
    for control in dashboard["attributes"]["controlGroupInput"]["panelsJSON"].values():
        assert fields.get(control["explicitInput"]["fieldName"]) == "keyword"


@pytest.mark.parametrize("index", INDICES)
def test_every_column_and_format_is_of_a_field_of_the_index(index: str) -> None:
    fields = _mapped_fields(index)
    search = _of_type("search", index=index)["attributes"]
    view = _of_type("index-pattern", index=index)["attributes"]
    shown = {*search["columns"], *search["grid"]["columns"], *(name for name, _ in search["sort"])}
    assert shown <= set(fields)
    assert set(json.loads(view["fieldFormatMap"])) <= set(fields)
    hidden = [each["value"].removesuffix("*") for each in json.loads(view["sourceFilters"])]
    assert not [name for name in shown if name.startswith(tuple(hidden))]


# --- the import ---


@dataclass
class FakeKibana:
    """Kibana's import endpoint on loopback: keeps what it was sent, answers what it is told."""

    url: str
    status: int = 200
    answer: bytes | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def fake() -> Iterator[FakeKibana]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kind = self.headers["Content-Type"].encode()
            message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
            (part,) = message.iter_parts()  # type: ignore[attr-defined]
            sent = part.get_payload(decode=True)
            kept.requests.append({"path": self.path, "headers": dict(self.headers), "part": part, "file": sent})
            count = len(sent.splitlines())
            answer = kept.answer if kept.answer is not None else _json({"success": True, "successCount": count})
            self.send_response(kept.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = FakeKibana(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_import_sends_the_file_as_kibana_wants_it(fake: FakeKibana) -> None:
    done = import_saved_objects(fake.url + "/", Elasticsearch(), "news")
    (request,) = fake.requests
    assert request["path"] == "/api/saved_objects/_import?overwrite=true"
    assert request["headers"]["kbn-xsrf"]
    assert "Authorization" not in request["headers"]
    assert request["part"].get_param("name", header="content-disposition") == "file"
    assert request["part"].get_filename().endswith(".ndjson")
    assert request["file"] == saved_objects()
    assert done.objects == 6
    assert done.dashboard == f"{fake.url}/app/dashboards#/view/{_of_type('dashboard')['id']}"


def test_import_into_a_space_for_another_prefix(fake: FakeKibana) -> None:
    done = import_saved_objects(f"{fake.url}/s/desk", Elasticsearch(), "desk")
    assert fake.requests[0]["path"].startswith("/s/desk/api/")
    assert fake.requests[0]["file"] == saved_objects("desk")
    assert done.dashboard.endswith(_of_type("dashboard", "desk")["id"])


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        (Elasticsearch(username="ana", password=SecretStr("pä:ss")), "Basic YW5hOnDDpDpzcw=="),
        (Elasticsearch(api_key=SecretStr("a2V5"), username="ana", password=SecretStr("x")), "ApiKey a2V5"),
    ],
)
def test_import_uses_the_credentials_of_elasticsearch(fake: FakeKibana, settings: Elasticsearch, header: str) -> None:
    import_saved_objects(fake.url, settings)
    assert fake.requests[0]["headers"]["Authorization"] == header


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (401, _json({"message": "no"}), r"refused us \(HTTP 401\): set elasticsearch\.api_key"),
        (403, b"", r"refused us \(HTTP 403\)"),
        (503, b"Kibana server is not ready yet", "not ready: HTTP 503"),
        (404, b"<html></html>", "is no Kibana"),
        (400, _json({"statusCode": 400, "message": "Invalid file extension"}), "HTTP 400: Invalid file extension"),
        (200, _json({"success": True, "successCount": 2}), "took 2 of 6 objects; they need Kibana 8.9"),
        (200, b"[]", "is no Kibana"),
        (
            200,
            _json(
                {
                    "success": False,
                    "successCount": 2,
                    "errors": [
                        {
                            "type": "dashboard",
                            "id": "news-overview",
                            "error": {
                                "type": "missing_references",
                                "references": [{"type": "index-pattern", "id": "gone"}],
                            },
                        },
                        {"type": "search", "id": "s", "error": {"type": "unknown", "message": "too new"}},
                    ],
                }
            ),
            r"dashboard news-overview: missing_references \(index-pattern gone\); search s: too new",
        ),
    ],
)
def test_import_tells_what_kibana_refused(fake: FakeKibana, status: int, answer: bytes, told: str) -> None:
    fake.status, fake.answer = status, answer
    with pytest.raises(KibanaError, match=told) as caught:
        import_saved_objects(fake.url, Elasticsearch(username="ana", password=SecretStr("hidden-word")))
    assert "hidden-word" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["kibana:5601", "ftp://kibana", "", "https://"])
def test_import_wants_an_address(url: str) -> None:
    with pytest.raises(KibanaError, match="no address of a Kibana"):
        import_saved_objects(url, Elasticsearch())


def test_import_keeps_a_password_out_of_the_address() -> None:
    with pytest.raises(KibanaError, match="leave the password out") as caught:
        import_saved_objects("https://ana:hidden-word@kibana:5601", Elasticsearch())
    assert "hidden-word" not in str(caught.value)


def test_import_tells_that_nobody_listens(fake: FakeKibana) -> None:
    with pytest.raises(KibanaError, match=r"no connection to Kibana at http://127\.0\.0\.1:1"):
        import_saved_objects("http://127.0.0.1:1", Elasticsearch(), timeout=5)


def test_import_refuses_a_server_that_is_not_trusted(fake: FakeKibana, tmp_path: Path) -> None:
    with pytest.raises(KibanaError, match=r"ca_file names .*, which is no file"):
        import_saved_objects(fake.url, Elasticsearch(ca_file=tmp_path / "none.pem"))
    with pytest.raises(KibanaError, match=r"no trusted connection .*ca_file"):
        import_saved_objects(fake.url.replace("http:", "https:"), Elasticsearch(), timeout=5)
    assert not fake.requests
