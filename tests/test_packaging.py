"""The wheel holds every file of the package and runs without the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built, so that nothing is left in the repository."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "pipeline", source / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    return source


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    arguments = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", target, source]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *arguments], check=True, timeout=300)
    (made,) = target.glob("*.whl")
    return made


def test_the_wheel_holds_every_file_of_the_package(wheel: Path, source: Path) -> None:
    wanted = {str(path.relative_to(source)) for path in (source / "pipeline").rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.partition("/")[0].endswith(".dist-info")}
    assert wanted - names == set()
    assert names - wanted == set()


def test_the_wheel_runs_from_anywhere(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    script = """
import pipeline
from pipeline.chain import DEFAULT_STAGES, chain_of
from pipeline.kibana import saved_objects
from pipeline.languages import languages
chain_of(DEFAULT_STAGES)
print(pipeline.__version__, pipeline.__file__, len(languages()) > 1, saved_objects().count(b"\\n"))
"""

    def run(*arguments: str) -> str:
        command = [sys.executable, "-P", *arguments]
        done = subprocess.run(command, cwd=elsewhere, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    version, file, *rest = run("-c", script).split()
    assert Path(file).is_relative_to(installed)
    assert rest == ["True", "6"]
    assert run("-m", "pipeline", "version").strip() == version
    assert list(elsewhere.iterdir()) == []
