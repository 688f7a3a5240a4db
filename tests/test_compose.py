"""docker-compose.yml and deploy/: what Compose makes of them is safe, complete, and speaks of settings and commands
that exist. The file is read twice: by Compose's own loader (tests/compose_loader, needs Go) and as plain YAML.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml
from pydantic import BaseModel

from pipeline import config
from pipeline.alert_checks import check_channels
from pipeline.cli import build
from pipeline.web.admission import tokens

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "docker-compose.yml"
DEPLOY = ROOT / "deploy"
PASSWORDS = {
    "ELASTIC_PASSWORD": "elastic-word",
    "KIBANA_PASSWORD": "kibana-word",
    "KIBANA_ENCRYPTION_KEY": "k" * 32,
    "WEB_TOKENS": "web-token-0123456789",
}
ONCE = {"certificates", "security", "setup", "dashboards"}
OURS = {"setup", "dashboards", "worker", "sink", "feeds", "deliver", "web"}
WEBSUB = {"WEBSUB_URL": "https://news.example", "WEBSUB_SECRET": "websub-secret-0123456789"}

SHELL = shutil.which("bash") or "/bin/bash"

Model = dict[str, Any]


# --- reading ---


@pytest.fixture(scope="session")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compose's loader, built with the versions that go.sum pins."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed, so Compose's own loader cannot be built")
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    source = ROOT / "tests" / "compose_loader"

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [go, *arguments], cwd=source, env=environment, check=False, capture_output=True, text=True
        )

    fetched = run("mod", "download")
    if fetched.returncode:
        pytest.skip(f"the modules of Compose's loader cannot be had: {fetched.stderr.strip()[-300:]}")
    binary = tmp_path_factory.mktemp("compose") / "loader"
    built = run("build", "-o", binary, ".")
    assert built.returncode == 0, built.stderr
    return binary


def run_loader(loader: Path, environment: dict[str, str], file: Path = COMPOSE) -> subprocess.CompletedProcess[str]:
    return subprocess.run([loader, file], env=environment, capture_output=True, text=True, timeout=60, check=False)


def plain(environment: dict[str, str]) -> Model:
    """The file as YAML, variables replaced, ports and health in the shape that Compose gives them."""

    def value(match: re.Match[str]) -> str:
        return environment.get(match["name"]) or match["default"] or '""'

    text = re.sub(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}", value, COMPOSE.read_text())
    model: Model = yaml.safe_load(text)
    for service in model["services"].values():
        split = [port.rsplit(":", 2) for port in service.get("ports", ())]
        service["ports"] = [{"host_ip": host, "published": out, "target": int(into)} for host, out, into in split]
        service["volumes"] = [each.split(":")[0] for each in service.get("volumes", ())]
    return model


@pytest.fixture(params=["compose", "yaml"])
def model(request: pytest.FixtureRequest) -> Model:
    if request.param == "yaml":
        return plain(PASSWORDS)
    done = run_loader(request.getfixturevalue("loader"), PASSWORDS)
    assert done.returncode == 0, done.stderr
    loaded: Model = json.loads(done.stdout)
    for service in loaded["services"].values():
        service["volumes"] = [each["source"] for each in service.get("volumes", ())]
    return loaded


def long_running(model: Model) -> dict[str, Model]:
    return {name: service for name, service in model["services"].items() if name not in ONCE}


# --- the model ---


@pytest.mark.parametrize("missing", sorted(PASSWORDS))
def test_a_missing_password_stops_compose_and_is_named(loader: Path, missing: str) -> None:
    done = run_loader(loader, {name: value for name, value in PASSWORDS.items() if name != missing})
    assert done.returncode != 0
    assert f"required variable {missing} is missing a value" in done.stderr
    assert "make-env.sh" in done.stderr


def test_services_are_what_the_readme_says(model: Model) -> None:
    assert set(model["services"]) == OURS | ONCE | {"kafka", "elasticsearch", "kibana"}


def test_every_port_is_published_on_loopback_alone(model: Model) -> None:
    ports = [port for service in model["services"].values() for port in service.get("ports", ())]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}
    assert {port["target"] for port in ports} == {9092, 9200, 5601, 8080}


def test_images_are_pinned_and_elasticsearch_and_kibana_are_of_one_version(model: Model) -> None:
    images = {name: service["image"] for name, service in model["services"].items() if name not in OURS}
    for image in images.values():
        assert re.search(r":\d+\.\d+\.\d+$", image), image
    assert images["elasticsearch"] == images["certificates"] == images["security"]
    assert images["elasticsearch"].split(":")[1] == images["kibana"].split(":")[1]


def test_one_variable_sets_the_version_of_elasticsearch_and_kibana(loader: Path) -> None:
    done = run_loader(loader, {**PASSWORDS, "ELASTIC_VERSION": "9.9.9"})
    services = json.loads(done.stdout)["services"]
    assert [name for name in services if services[name]["image"].endswith(":9.9.9")] == [
        "certificates",
        "elasticsearch",
        "kibana",
        "security",
    ]


def test_security_and_tls_are_on(model: Model) -> None:
    environment = model["services"]["elasticsearch"]["environment"]
    assert environment["xpack.security.enabled"] == "true"
    assert environment["xpack.security.http.ssl.enabled"] == "true"
    assert environment["xpack.security.transport.ssl.enabled"] == "true"
    assert model["services"]["kibana"]["environment"]["ELASTICSEARCH_HOSTS"].startswith("https://")
    for name in OURS:
        assert model["services"][name]["environment"]["NEWSWIRE_ELASTICSEARCH__URL"] == "https://elasticsearch:9200"


def test_passwords_reach_only_those_who_need_them(model: Model) -> None:
    text = {name: json.dumps(service, default=str) for name, service in model["services"].items()}
    assert not [name for name in text if PASSWORDS["ELASTIC_PASSWORD"] in text[name]]
    assert [name for name in text if PASSWORDS["KIBANA_PASSWORD"] in text[name]] == ["kibana"]
    assert [name for name in text if PASSWORDS["WEB_TOKENS"] in text[name]] == ["web"]
    readers = {name for name, service in model["services"].items() if "newswire-secrets" in service["volumes"]}
    assert readers == {"security", "setup", "dashboards", "sink"}
    assert [name for name, service in model["services"].items() if "authority" in service["volumes"]] == [
        "certificates"
    ]


def test_kafka_has_a_listener_for_each_side_and_the_controller_is_hidden(model: Model) -> None:
    environment = model["services"]["kafka"]["environment"]
    advertised = dict(each.split("://") for each in environment["KAFKA_ADVERTISED_LISTENERS"].split(","))
    assert advertised == {"INTERNAL": "kafka:19092", "HOST": "127.0.0.1:9092"}
    assert model["services"]["worker"]["environment"]["NEWSWIRE_KAFKA__BOOTSTRAP_SERVERS"] == advertised["INTERNAL"]
    listeners = dict(each.split("://") for each in environment["KAFKA_LISTENERS"].split(","))
    assert listeners["CONTROLLER"].startswith("localhost:")
    assert set(listeners) == {*advertised, "CONTROLLER"}


def test_long_running_services_are_checked_restarted_and_given_time_to_stop(model: Model) -> None:
    assert set(long_running(model)) == {"kafka", "elasticsearch", "kibana", *OURS - ONCE}
    for name, service in long_running(model).items():
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert service["healthcheck"]["retries"] >= 3, name
        assert service["restart"] == "unless-stopped", name
        assert service["stop_grace_period"] in {"30s", "60s", "1m0s", "2m", "2m0s"}, name


def test_set_up_services_run_once_and_those_who_need_them_wait(model: Model) -> None:
    conditions = {
        name: {on: each["condition"] for on, each in service.get("depends_on", {}).items()}
        for name, service in model["services"].items()
    }
    for name in ONCE:
        assert model["services"][name]["restart"] == "no", name
    for on_whom in conditions.values():
        for on, condition in on_whom.items():
            assert condition == ("service_completed_successfully" if on in ONCE else "service_healthy")
    for name in OURS - ONCE:
        assert conditions[name] == {"setup": "service_completed_successfully"}
    assert "kibana" not in conditions["setup"], "articles flow without Kibana"


def test_every_service_is_bounded(model: Model) -> None:
    for name, service in model["services"].items():
        assert int(str(service["mem_limit"]).translate({ord("g"): "", ord("m"): ""})) > 0, name
        assert service["logging"]["options"].keys() >= {"max-size", "max-file"}, name
        assert "no-new-privileges:true" in service["security_opt"], name


def test_our_services_can_be_scaled_and_write_nowhere(model: Model) -> None:
    for name in OURS:
        service = model["services"][name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["init"] is True, name
        assert name == "web" or not service.get("ports"), "a published port allows one container only"
        assert "container_name" not in service, name
        # Compose cannot put a secret from the environment into a read-only container.
        assert not service.get("secrets"), name


def test_data_is_in_named_volumes(model: Model) -> None:
    for name in ("kafka", "elasticsearch", "kibana"):
        assert f"{name}-data" in model["services"][name]["volumes"]
    used = {each for service in model["services"].values() for each in service["volumes"] if "/" not in each}
    assert used == set(model["volumes"])


# --- the model against the code ---


def _keys(section: type[BaseModel], prefix: str = "NEWSWIRE_") -> Iterator[str]:
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_settings_of_our_services_are_settings(
    model: Model, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {key: str(value) for key, value in model["services"][name]["environment"].items()}
    ours = {key for key in environment if key.startswith("NEWSWIRE_")}
    assert ours <= {*_keys(config.Settings), config.SECRETS_VARIABLE}
    (tmp_path / "elasticsearch__password").write_text("from-a-file\n")
    for key in [key for key in os.environ if key.startswith("NEWSWIRE_")]:
        monkeypatch.delenv(key)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    if config.SECRETS_VARIABLE in ours:
        monkeypatch.setenv(config.SECRETS_VARIABLE, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    settings = config.load()
    assert settings.kafka.bootstrap_servers == "kafka:19092"
    if name == "web":
        assert tokens(settings.web).accept(PASSWORDS["WEB_TOKENS"])
    elif name == "feeds":
        assert settings.feeds.contact == ""
        assert settings.feeds.websub_key is None
    elif name not in {"worker", "deliver"}:
        assert settings.elasticsearch.password is not None
        assert settings.elasticsearch.password.get_secret_value() == "from-a-file"


def test_websub_is_switched_on_for_the_two_who_need_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = plain({**PASSWORDS, **WEBSUB, "FEEDS_CONTACT": "https://news.example/about"})
    text = {name: json.dumps(service, default=str) for name, service in model["services"].items()}
    assert [name for name in text if WEBSUB["WEBSUB_SECRET"] in text[name]] == ["feeds", "web"]
    monkeypatch.chdir(tmp_path)
    for name in ("feeds", "web"):
        for key, value in model["services"][name]["environment"].items():
            monkeypatch.setenv(key, str(value))
        settings = config.load()
        assert settings.feeds.websub_url == WEBSUB["WEBSUB_URL"]
        assert settings.feeds.websub_key == WEBSUB["WEBSUB_SECRET"].encode()
    assert settings.feeds.contact == "https://news.example/about"


def test_channels_and_their_secrets_are_read_by_the_sender_and_by_commands(
    loader: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copy(COMPOSE, tmp_path)
    (tmp_path / "deliver.env").write_text(
        "NEWSWIRE_DELIVER__CHANNELS__DESK__KIND=mail\n"
        "NEWSWIRE_DELIVER__CHANNELS__DESK__TO='[\"desk@news.example\"]'\n"
        "NEWSWIRE_DELIVER__CHANNELS__DESK__SECRET='mail$word-0123456789'\n"
    )
    done = run_loader(loader, PASSWORDS, tmp_path / COMPOSE.name)
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    assert [name for name in services if "word-0123456789" in json.dumps(services[name])] == ["deliver", "setup"]
    monkeypatch.chdir(tmp_path)
    for key, value in services["deliver"]["environment"].items():
        # So the file says it to the shell; in a model `$` is doubled.
        monkeypatch.setenv(key, str(value).replace("$$", "$"))
    channel = config.load().deliver.channels["desk"]
    assert (channel.kind, channel.to) == ("mail", ("desk@news.example",))
    assert channel.secret is not None
    assert channel.secret.get_secret_value() == "mail$word-0123456789"


def test_the_example_of_channels_in_the_readme_can_be_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (DEPLOY / "README.md").read_text().replace("…", "0123456789" * 4)
    lines = re.findall(r"^(NEWSWIRE_DELIVER__\w+)='?(.*?)'?(?: +#.*)?$", text, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    for key, value in lines:
        monkeypatch.setenv(key, value)
    found = list(check_channels(config.load()))
    assert [finding.check for finding in found] == ["channel desk", "channel duty"]
    assert {finding.verdict for finding in found} == {"ok"}, found


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_commands_of_our_services_are_commands(model: Model, name: str) -> None:
    root = typer.main.get_command(build())
    assert isinstance(root, click.Group) or hasattr(root, "commands")
    verb, *arguments = model["services"][name]["command"]
    command = root.commands.get(verb)
    assert command is not None, f"newswire has no command {verb}"
    command.make_context(verb, arguments)


def test_env_example_describes_every_variable_and_its_default() -> None:
    described = dict(re.findall(r"^#?([A-Z][A-Z_0-9]+)=(.*)$", (DEPLOY / ".env.example").read_text(), re.MULTILINE))
    used = dict(re.findall(r"\$\{(\w+)(?::-([^}]*))?", COMPOSE.read_text()))
    used.pop("NEWSWIRE_VERSION")  # for those who build and push the image
    assert described == used


# --- deploy/ ---


def test_the_image_runs_as_nobody_in_particular_from_what_the_build_may_see() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    assert re.search(r"^ARG PYTHON=3\.\d+\.\d+-slim-\w+$", "\n".join(lines), re.MULTILINE)
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert 'ENTRYPOINT ["newswire"]' in lines
    assert "STOPSIGNAL SIGTERM" in lines
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [
        part for line in lines if line.startswith("COPY ") and "--from" not in line for part in line.split()[1:-1]
    ]
    assert set(copied) == set(allowed)
    for path in copied:
        assert (ROOT / path).exists(), path


@pytest.fixture
def made_env(tmp_path: Path) -> Path:
    """A copy of the repository in which deploy/make-env.sh was run."""
    (tmp_path / "deploy").mkdir()
    for name in ("make-env.sh", ".env.example"):
        shutil.copy(DEPLOY / name, tmp_path / "deploy")
    subprocess.run([SHELL, "deploy/make-env.sh"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def _variables(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_make_env_writes_passwords_that_only_their_owner_reads(made_env: Path) -> None:
    env = made_env / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    values = _variables(env)
    assert set(values) == set(PASSWORDS)
    assert len(set(values.values())) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", value) for value in values.values())


def test_make_env_keeps_the_env_that_is_in_use(made_env: Path) -> None:
    before = (made_env / ".env").read_text()
    again = subprocess.run([SHELL, "deploy/make-env.sh"], cwd=made_env, check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert (made_env / ".env").read_text() == before


def test_compose_takes_the_env_that_make_env_wrote(loader: Path, made_env: Path) -> None:
    assert run_loader(loader, _variables(made_env / ".env")).returncode == 0


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("**/*.sh")), ids=lambda path: path.name)
def test_scripts_parse(script: Path) -> None:
    subprocess.run([SHELL, "-n", script], check=True)


def _health(port: int, web: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NEWSWIRE_METRICS__PORT": str(port), "NEWSWIRE_WEB__PORT": str(web)}
    script = DEPLOY / "healthcheck.py"
    return subprocess.run([sys.executable, script], env=environment, check=False, capture_output=True, text=True)


def test_healthcheck_tells_a_service_from_none_and_from_another() -> None:
    from prometheus_client import start_http_server

    from pipeline import observe

    assert observe.METRICS
    server, thread = start_http_server(0, addr="127.0.0.1")
    port = server.server_port
    assert _health(port).returncode == 0
    deaf = _health(port, web=port)  # its metrics are there, and no health
    assert deaf.returncode == 1
    assert f"port {port} serves something else" in deaf.stderr
    server.shutdown()
    thread.join()
    server.server_close()
    gone = _health(port)
    assert gone.returncode == 1
    assert f"no metrics on port {port}" in gone.stderr
    with socket.create_server(("127.0.0.1", 0)) as other:

        def hang_up() -> None:
            connection, _ = other.accept()
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert _health(other.getsockname()[1]).returncode == 1
        thread.join()


# --- deploy/elasticsearch/certificates.sh ---

CERTUTIL = """#!{python}
import sys, zipfile
arguments = sys.argv[1:]
kind, out = arguments[0], arguments[arguments.index("--out") + 1]
name = "ca/ca" if kind == "ca" else "elasticsearch/elasticsearch"
with open("calls", "a") as calls:
    calls.write(" ".join(arguments) + "\\n")
    number = calls.tell()
with zipfile.ZipFile(out, "w") as archive:
    for ending in ("crt", "key"):
        archive.writestr(f"{{name}}.{{ending}}", f"{{kind}} {{ending}} {{number}}")
"""


def test_certificates_are_made_once_and_each_reader_gets_its_part(tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not installed")
    folders = {name: tmp_path / name.lower() for name in ("AUTHORITY", "CERTS", "CA")}
    for folder in (*folders.values(), tmp_path / "bin"):
        folder.mkdir()
    certutil = tmp_path / "bin" / "elasticsearch-certutil"
    certutil.write_text(CERTUTIL.format(python=sys.executable))
    certutil.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], "CERTS_OWNER": f"{os.getuid()}:{os.getgid()}"}
    environment |= {name: str(folder) for name, folder in folders.items()}

    def run() -> dict[str, str]:
        script = [SHELL, DEPLOY / "elasticsearch" / "certificates.sh"]
        done = subprocess.run(script, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        files = [path for folder in folders.values() for path in folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(tmp_path)): path.read_text() for path in files}

    first = run()
    assert set(first) == {
        "authority/ca/ca.crt",
        "authority/ca/ca.key",
        "certs/ca.crt",
        "certs/elasticsearch.crt",
        "certs/elasticsearch.key",
        "ca/ca.crt",
    }
    assert first["ca/ca.crt"] == first["certs/ca.crt"] == first["authority/ca/ca.crt"]
    assert stat.S_IMODE((tmp_path / "certs/elasticsearch.key").stat().st_mode) == 0o440
    assert stat.S_IMODE((tmp_path / "ca/ca.crt").stat().st_mode) == 0o444
    assert run() == first
    assert len((tmp_path / "calls").read_text().splitlines()) == 2
    # The volume with Elasticsearch's certificate was removed, to renew it: the authority stays.
    for path in folders["CERTS"].iterdir():
        path.unlink()
    renewed = run()
    assert renewed["certs/elasticsearch.crt"] != first["certs/elasticsearch.crt"]
    assert renewed["ca/ca.crt"] == first["ca/ca.crt"]


# --- deploy/elasticsearch/security.sh ---


class FakeElasticsearch:
    """Elasticsearch's security endpoints on loopback."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Any]] = []
        self.status = 200
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.requests.append((self.path, self.headers["Authorization"], json.loads(body)))
                answer = b'{"error": "told"}' if fake.status >= 400 else b"{}"
                self.send_response(fake.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> FakeElasticsearch:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


Secure = Callable[[], subprocess.CompletedProcess[str]]


@pytest.fixture
def elasticsearch() -> Iterator[FakeElasticsearch]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with FakeElasticsearch() as fake:
        yield fake


@pytest.fixture
def secure(elasticsearch: FakeElasticsearch, tmp_path: Path) -> Secure:
    """Runs security.sh against the fake; its secrets go to tmp_path/secrets."""
    (tmp_path / "ca.crt").touch()
    (tmp_path / "elastic").write_text('a"b\\c d')
    (tmp_path / "kibana").write_text('k"\\k')
    (tmp_path / "secrets").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "ELASTICSEARCH_URL": f"http://127.0.0.1:{elasticsearch.server.server_port}",
        "CA_FILE": str(tmp_path / "ca.crt"),
        "ELASTIC_PASSWORD_FILE": str(tmp_path / "elastic"),
        "KIBANA_PASSWORD_FILE": str(tmp_path / "kibana"),
        "SECRETS_DIR": str(tmp_path / "secrets"),
        "SECRETS_OWNER": f"{os.getuid()}:{os.getgid()}",
        "INDEX_PREFIX": "desk",
    }
    script = [SHELL, DEPLOY / "elasticsearch" / "security.sh"]
    return lambda: subprocess.run(script, env=environment, check=False, capture_output=True, text=True, timeout=60)


def test_security_makes_a_user_that_may_do_what_newswire_does(
    secure: Secure, elasticsearch: FakeElasticsearch, tmp_path: Path
) -> None:
    done = secure()
    assert done.returncode == 0, done.stderr
    bodies = {path: body for path, _, body in elasticsearch.requests}
    assert bodies["/_security/user/kibana_system/_password"] == {"password": 'k"\\k'}
    role = bodies["/_security/role/newswire"]
    assert role["indices"] == [{"names": ["desk-*"], "privileges": ["all"]}]
    assert "all" not in role["cluster"]
    user = bodies["/_security/user/newswire"]
    assert user["roles"] == ["newswire"]
    file = tmp_path / "secrets" / "elasticsearch__password"
    assert file.read_text().strip() == user["password"]
    assert len(user["password"]) == 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    assert user["password"] not in done.stdout + done.stderr
    # base64 of elastic:a"b\c d
    assert {credentials for _, credentials, _ in elasticsearch.requests} == {"Basic ZWxhc3RpYzphImJcYyBk"}


def test_security_says_the_same_at_every_start(
    secure: Secure, elasticsearch: FakeElasticsearch, tmp_path: Path
) -> None:
    assert secure().returncode == 0
    first = list(elasticsearch.requests)
    elasticsearch.requests.clear()
    assert secure().returncode == 0
    assert elasticsearch.requests == first
    (tmp_path / "secrets").chmod(0o700)  # so that it can be removed


def test_security_stops_and_tells_when_elasticsearch_refuses(secure: Secure, elasticsearch: FakeElasticsearch) -> None:
    elasticsearch.status = 401
    done = secure()
    assert done.returncode != 0
    assert '/_security/user/kibana_system/_password: {"error": "told"}' in done.stderr
    assert len(elasticsearch.requests) == 1
