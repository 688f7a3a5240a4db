"""`python -m pipeline.engines.lock [FOLDER]`: write NAME.jgo.lock.toml for every NAME.jgo.toml, resolved by jgo.

The lock names every jar with its SHA-256 and size, so that an engine is on every machine, byte for byte, the one that
was tested. The format is jgo's own with `size` added, which jgo ignores; the time of writing is left out, so that
locking twice gives the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import tomli_w
from jgo.config import GlobalSettings
from jgo.env import EnvironmentSpec, LockFile
from jgo.maven import Dependency, MavenContext

SPEC_SUFFIX = ".jgo.toml"
LOCK_SUFFIX = ".jgo.lock.toml"


def lock(spec_path: Path) -> Path:
    """Resolve one specification and write its lock beside it."""
    spec = EnvironmentSpec.load(spec_path)
    context = MavenContext(repo_cache=GlobalSettings.load().repo_cache, timeout=60)
    inputs, transitive = context.resolver.resolve([context.create_dependency(c) for c in spec.coordinates])
    excluded = set(spec.exclusions)
    dependencies: list[Dependency] = [
        dependency
        for dependency in [*inputs, *transitive]
        if dependency.scope in (None, "compile", "runtime")
        and not dependency.optional
        and f"{dependency.groupId}:{dependency.artifactId}" not in excluded
    ]
    document = LockFile.from_resolved_dependencies(
        dependencies,
        environment_name=spec.name,
        min_java_version=int(spec.java_version),
        entrypoints=spec.entrypoints,
        default_entrypoint=spec.default_entrypoint,
    )._to_dict()  # the public `save` would add the time of writing
    del document["metadata"]["generated"]
    for entry, dependency in zip(document["dependencies"], dependencies, strict=True):
        entry["size"] = dependency.artifact.resolve().stat().st_size
    target = spec_path.with_name(spec_path.name.removesuffix(SPEC_SUFFIX) + LOCK_SUFFIX)
    target.write_bytes(tomli_w.dumps(document).encode())
    return target


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for path in sorted(folder.glob(f"*{SPEC_SUFFIX}")):
        sys.stdout.write(f"{lock(path)}\n")
