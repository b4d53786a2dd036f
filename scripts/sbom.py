"""Write the software bill of materials of the wheel: CycloneDX 1.5, the same bytes for the same Cargo.lock.

    python scripts/sbom.py OUT.cdx.json [--check]

In: Cargo.toml, Cargo.lock, the manifests of the crates. Out: every crate that is linked into the extension (dev and
build dependencies are not), with version, licence and checksum, and the C libraries that two of them bundle. The Python
package has no dependency, so this is all. `--check` validates the file against the schema (cyclonedx-python-lib).
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122's for addresses
PROJECT = "https://pypi.org/project/taizhang/"
# What crates bundle and compile: name, licence, and where the version stands in the crate's folder.
BUNDLED = {
    "zstd-sys": ("zstd", "BSD-3-Clause", "zstd/lib/zstd.h", r"ZSTD_VERSION_(?:MAJOR|MINOR|RELEASE)\s+(\d+)"),
    "libmimalloc-sys": (
        "mimalloc",
        "MIT",
        "c_src/mimalloc/v3/include/mimalloc.h",
        r"MI_MALLOC_VERSION\s+(\d)(\d\d)(\d\d)",
    ),
}


def main() -> None:
    """Write the file, and check it if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = json.dumps(bill(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    if options.check:
        check(text)
    print(f"{len(json.loads(text)['components'])} components in {options.out}")


def bill() -> dict[str, Any]:
    """Give the bill as the JSON object that it is."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--features", "python"]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    root = found["resolve"]["root"]
    linked = reach(nodes, root)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    sums = {(package["name"], package["version"]): package.get("checksum") for package in lock["package"]}

    components, edges = [], []
    for id in sorted(linked, key=lambda at: (packages[at]["name"], packages[at]["version"])):
        package = packages[id]
        below = [ref(packages[dependency]) for dependency in linked[id]]
        if id != root:
            components.append(component(package, sums[package["name"], package["version"]]))
        for made in bundled(package):
            components.append(made)
            below.append(made["bom-ref"])
        edges.append({"ref": ref(package), "dependsOn": sorted(set(below))})
    edges.extend({"ref": made["bom-ref"], "dependsOn": []} for made in components if "bundled-by" in str(made))
    described = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": timestamp(),
            "component": {
                "type": "library",
                "bom-ref": ref(packages[root]),
                "name": "taizhang",
                "version": packages[root]["version"],
                "purl": f"pkg:pypi/taizhang@{packages[root]['version']}",
                "licenses": [{"expression": packages[root]["license"]}],
                "externalReferences": [{"type": "distribution", "url": PROJECT}],
            },
        },
        "components": components,
        "dependencies": sorted(edges, key=lambda edge: str(edge["ref"])),
    }
    number = uuid.uuid5(NAMESPACE, json.dumps(described, sort_keys=True))
    return described | {"serialNumber": f"urn:uuid:{number}"}


def reach(nodes: dict[str, Any], root: str) -> dict[str, list[str]]:
    """Give each package that ends up in the extension, with those of its dependencies that do."""
    linked: dict[str, list[str]] = {}
    waiting = [root]
    while waiting:
        id = waiting.pop()
        if id in linked:
            continue
        normal = [d["pkg"] for d in nodes[id]["deps"] if any(kind["kind"] is None for kind in d["dep_kinds"])]
        linked[id] = sorted(normal)
        waiting.extend(normal)
    return linked


def ref(package: dict[str, Any]) -> str:
    """Give the name of a package within the bill."""
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package: dict[str, Any], checksum: str | None) -> dict[str, Any]:
    """Describe a crate."""
    if checksum is None or not package["license"]:
        sys.exit(f"{package['name']} {package['version']} has no checksum in Cargo.lock, or states no licence")
    described = {
        "type": "library",
        "bom-ref": ref(package),
        "name": package["name"],
        "version": package["version"],
        "purl": ref(package),
        # Of old, crates wrote "MIT/Apache-2.0" for an "or".
        "licenses": [{"expression": re.sub(r"\s*/\s*", " OR ", package["license"])}],
        "hashes": [{"alg": "SHA-256", "content": checksum}],
    }
    if package["repository"]:
        described["externalReferences"] = [{"type": "vcs", "url": package["repository"].strip()}]
    return described


def bundled(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe the C library that a crate bundles and compiles, if it does."""
    if package["name"] not in BUNDLED:
        return []
    name, licence, file, pattern = BUNDLED[package["name"]]
    headers = sorted(Path(package["manifest_path"]).parent.glob(file))
    found = re.findall(pattern, headers[-1].read_text(encoding="utf-8")) if headers else []
    parts = [str(int(part)) for match in found for part in ([match] if isinstance(match, str) else match)]
    if not parts:
        sys.exit(f"the version of {name} is not where {package['name']} had it: look at BUNDLED in scripts/sbom.py")
    version = ".".join(parts)
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:generic/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:generic/{name}@{version}",
            "licenses": [{"expression": licence}],
            "properties": [{"name": "taizhang:bundled-by", "value": ref(package)}],
        }
    ]


def timestamp() -> str:
    """Give the time that the bill bears: that of the source, never the clock's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        command = ["git", "log", "-1", "--format=%ct"]
        epoch = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check(text: str) -> None:
    """Hold a bill against the schema."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    if wrong := JsonStrictValidator(SchemaVersion.V1_5).validate_str(text):
        sys.exit(f"the bill of materials does not fit the schema: {wrong}")


if __name__ == "__main__":
    main()
