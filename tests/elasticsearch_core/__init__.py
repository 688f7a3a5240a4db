"""The genuine Elasticsearch server core, 8 and 9, from Maven's jars: header, error types, versions, bulk as shipped.

What is not published there is not in it: no painless, no percolator, no update or delete by query, no security. The
language analyzers and `GET /` come from Shim.java. The Java files, few lines of which in v8 and v9 are of one major
version only, are compiled into a temporary folder, for which a JDK is needed; the jars are locked and checked like
those of the local engines.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psutil

from pipeline.engines import jars, processes
from pipeline.engines.base import HOST, Report

MIN_JAVA = 21
_HERE = Path(__file__).parent
_VERSION_LINE = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)
_START_SECONDS = 120
_ZSTD = (
    ("/usr/lib", "*-linux-*/libzstd.so.1"),
    ("/usr/lib64", "libzstd.so.1"),
    ("/usr/lib", "libzstd.so.1"),
    ("/opt/homebrew/lib", "libzstd.dylib"),
    ("/usr/local/lib", "libzstd.*"),
)


def obstacle() -> str | None:
    """Why it cannot run on this machine, or None."""
    if _find_jdk() is None:
        return f"no JDK {MIN_JAVA} or newer: neither JAVA_HOME nor /usr/lib/jvm has one"
    if _find_zstd() is None:
        return "no libzstd on this machine, which Elasticsearch's best_compression needs"
    return None


def _find_jdk() -> Path | None:
    """The home of a JDK that is new enough: JAVA_HOME, else the newest in /usr/lib/jvm."""
    named = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    for homes in (named, sorted(Path("/usr/lib/jvm").glob("*"), key=_version, reverse=True)):
        for home in homes:
            if _version(home) >= MIN_JAVA and (home / "bin" / "javac").exists():
                return home
    return None


def _find_zstd() -> Path | None:
    return next((path for place, pattern in _ZSTD for path in sorted(Path(place).glob(pattern))), None)


@contextmanager
def running(major: Literal[8, 9], home: Path, report: Report) -> Iterator[str]:
    """The URL of a node that lives in the folder `home` as long as the context; see `obstacle`."""
    jdk, zstd = _find_jdk(), _find_zstd()
    assert jdk is not None
    assert zstd is not None
    lock = jars.read_lock(_HERE / f"elasticsearch{major}.jgo.lock.toml")
    version = lock.version("elasticsearch")
    [paths] = jars.class_path([lock], report)
    server = [path for path in paths if not path.name.startswith(("netty-", "transport-netty4-"))]
    report(f"compiling the launcher of Elasticsearch {major}", 0, 0)
    classes = _compile(jdk, major, home / "classes", server)
    _module(home, "transport-netty4", [path for path in paths if path not in server])
    _shim(home, classes, version)
    port_file = home / "port"
    command = [
        str(jdk / "bin" / "java"),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        *(["--sun-misc-unsafe-memory-access=allow"] if _version(jdk) >= 23 else []),
        f"-Des.nativelibs.path={_native_libraries(home, zstd)}",
        "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",
        f"-Djava.io.tmpdir={home}",
        f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}",
        "Launcher",
        str(home),
        str(port_file),
    ]
    environment = {"CLASSPATH": os.pathsep.join(map(str, [classes, *server])), "LC_ALL": "C.UTF-8"}
    log = home / "node.log"
    report(f"starting Elasticsearch {version}", 0, 0)
    node = processes.launch(command, home, environment, log)
    try:
        yield f"http://{HOST}:{_wait_for_port(node, port_file, log)}"
    finally:
        processes.stop([node], 0)  # its folder goes with it


def _version(home: Path) -> int:
    try:
        found = _VERSION_LINE.search((home / "release").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _compile(jdk: Path, major: int, target: Path, class_path: list[Path]) -> Path:
    target.mkdir()
    sources = [str(path) for folder in (_HERE, _HERE / f"v{major}") for path in folder.glob("*.java")]
    command = [str(jdk / "bin" / "javac"), "-nowarn", "-proc:none", "-d", str(target), *sources]
    environment = {"CLASSPATH": os.pathsep.join(map(str, class_path)), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the launcher of Elasticsearch {major} does not compile:\n{done.stderr}"
    return target


def _module(home: Path, name: str, paths: list[Path]) -> None:
    """A module folder as in Elasticsearch's distribution: its jars, and the descriptor that its own jar carries."""
    folder = home / "modules" / name
    folder.mkdir(parents=True)
    for path in paths:
        (folder / path.name).write_bytes(path.read_bytes())
    with zipfile.ZipFile(next(path for path in paths if path.name.startswith(f"{name}-"))) as jar:
        for entry in jar.namelist():
            if entry.startswith(f"META-INF/es-plugins/{name}/") and not entry.endswith("/"):
                (folder / Path(entry).name).write_bytes(jar.read(entry))
    descriptor = folder / "plugin-descriptor.properties"
    # As named modules the jars would need the module path; on the class path they do as well.
    descriptor.write_text(re.sub(r"(?m)^modulename=.*", "modulename=", descriptor.read_text()))


def _shim(home: Path, classes: Path, version: str) -> None:
    """The module of Shim.java. A module's classes may not be on the class path as well, so they move."""
    folder = home / "modules" / "shim"
    folder.mkdir()
    with zipfile.ZipFile(folder / "shim.jar", "w") as jar:
        for path in (*classes.glob("Shim*.class"), *classes.glob("RestPlugin*.class")):
            jar.write(path, path.name)
            path.unlink()
    (folder / "plugin-descriptor.properties").write_text(
        f"description=what unpublished modules would give\nversion={version}\nname=shim\njava.version={MIN_JAVA}\n"
        f"elasticsearch.version={version}\nclassname=Shim\n"
    )


def _native_libraries(home: Path, zstd: Path) -> Path:
    """A folder with the one native library that tests need. Elasticsearch's own builds of them are not published."""
    folder = home / "native"
    folder.mkdir()
    (folder / f"libzstd{'.dylib' if zstd.suffix == '.dylib' else '.so'}").symlink_to(zstd)
    return folder


def _wait_for_port(node: psutil.Process, port_file: Path, log: Path) -> int:
    deadline = time.monotonic() + _START_SECONDS
    while not port_file.exists():
        assert not processes.has_ended(node), f"Elasticsearch ended during its start:\n{processes.tail({log: 0})}"
        assert time.monotonic() < deadline, f"Elasticsearch was not ready in time:\n{processes.tail({log: 0})}"
        time.sleep(0.1)
    return int(port_file.read_text())
