"""Settings: where they come from, which wins, and what a mistake says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import reference
from pipeline.config import ConfigError, load


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the developer's own."""
    import os

    for name in os.environ:
        if name.startswith("NEWSWIRE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_every_key_is_described_and_documented() -> None:
    assert reference.undescribed() == []
    page = reference.configuration()
    for key in ("bootstrap_servers", "sasl_password", "refresh_interval", "batch_seconds", "topic_prefix", "data_dir"):
        assert f"`{key}`" in page


def test_the_page_shows_no_path_of_this_machine() -> None:
    assert str(Path.home()) not in reference.configuration()


def test_file_secrets_environment_and_flags_win_in_this_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "newswire.toml").write_text(
        'topic_prefix = "file"\nindex_prefix = "file"\n'
        '[kafka]\nsasl_username = "file"\nsasl_password = "file"\nraw_partitions = 3\n'
    )
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "kafka__sasl_password").write_text("secret\n")
    monkeypatch.setenv("NEWSWIRE_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("NEWSWIRE_KAFKA__SASL_USERNAME", "environment")
    monkeypatch.setenv("NEWSWIRE_TOPIC_PREFIX", "environment")
    settings = load(topic_prefix="flag")
    assert settings.topic_prefix == "flag"
    assert settings.index_prefix == "file"
    assert settings.kafka.sasl_username == "environment"
    assert settings.kafka.sasl_password
    assert settings.kafka.sasl_password.get_secret_value().strip() == "secret"
    assert settings.kafka.raw_partitions == 3


def test_channels_are_joined_from_file_secrets_and_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "newswire.toml").write_text(
        '[deliver.channels.desk]\nkind = "mail"\nsender = "a@desk.example"\nto = ["b@desk.example"]\nurl = "file"\n'
        '[deliver.channels.hook]\nkind = "webhook"\nurl = "https://hook.example/"\n'
    )
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "deliver__channels__desk__url").write_text("smtps://file@mail.example\n")
    (secrets / "deliver__channels__hook__secret").write_text("of the secret file\n")
    monkeypatch.setenv("NEWSWIRE_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("NEWSWIRE_DELIVER__CHANNELS__DESK__SECRET", "of the environment")
    monkeypatch.setenv("NEWSWIRE_DELIVER__CHANNELS__DESK__TO", '["c@desk.example"]')
    monkeypatch.setenv("NEWSWIRE_DELIVER__CHANNELS__NIGHT__KIND", "slack")
    monkeypatch.setenv("NEWSWIRE_DELIVER__CHANNELS__NIGHT__URL", "https://slack.example/")
    channels = load().deliver.channels
    told = {
        name: (each.kind, *(secret and secret.get_secret_value().strip() for secret in (each.url, each.secret)))
        for name, each in channels.items()
    }
    assert told == {
        "desk": ("mail", "smtps://file@mail.example", "of the environment"),
        "hook": ("webhook", "https://hook.example/", "of the secret file"),
        "night": ("slack", "https://slack.example/", None),
    }
    assert (channels["desk"].sender, channels["desk"].to) == ("a@desk.example", ("c@desk.example",))


def test_a_mistake_in_a_channel_names_its_key(tmp_path: Path) -> None:
    (tmp_path / "newswire.toml").write_text('[deliver.channels.desk]\nkind = "mail"\nurl = "hush"\nsecrt = "hush"\n')
    with pytest.raises(ConfigError, match=r"deliver\.channels\.desk\.secrt") as wrong:
        load()
    assert "hush" not in str(wrong.value)


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('topic_prefix = "other"\n')
    monkeypatch.setenv("NEWSWIRE_CONFIG", str(tmp_path / "other.toml"))
    assert load().topic_prefix == "other"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[kafka]\nbootstrap_server = 'x'\n", "kafka.bootstrap_server"),
        ("[kafka]\nraw_partitions = 0\n", "kafka.raw_partitions"),
        ("topic_prefix = 'No Good'\n", "topic_prefix"),
        ("[kafka\n", "settings"),
    ],
)
def test_a_mistake_names_its_key(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "newswire.toml").write_text(content)
    with pytest.raises(ConfigError, match=said):
        load()


def test_a_mistake_beside_a_secret_does_not_print_it(tmp_path: Path) -> None:
    (tmp_path / "newswire.toml").write_text("[kafka]\nsasl_password = 'hush'\nraw_partitions = 'many'\n")
    with pytest.raises(ConfigError) as wrong:
        load()
    assert "hush" not in str(wrong.value)
    (tmp_path / "newswire.toml").write_text("[kafka]\nsasl_password = 'hush'\n")
    assert "hush" not in repr(load())


@pytest.mark.parametrize("variable", ["NEWSWIRE_CONFIG", "NEWSWIRE_SECRETS_DIR"])
def test_a_named_place_that_is_not_there_is_told(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/no/such/place")
    with pytest.raises(ConfigError, match=f"{variable} names /no/such/place"):
        load()
