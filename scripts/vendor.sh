#!/usr/bin/env bash
# Everything that a build takes from registries, in one folder: scripts/vendor.sh [FOLDER]
#
# Out: FOLDER/crates (the crates of Cargo.lock, checked against its checksums by cargo), FOLDER/wheels (maturin and zig)
# and FOLDER/config.toml, which tells cargo to look there. `scripts/offline.sh` builds from it without a network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-vendor}
mkdir -p "$folder/wheels"
rm -rf "$folder/crates"
cargo vendor --quiet --locked --versioned-dirs "$folder/crates" >/dev/null
folder=$(cd "$folder" && pwd)
cat >"$folder/config.toml" <<END
# Made by scripts/vendor.sh: cargo --config $folder/config.toml, or copy it to .cargo/config.toml.
[source.crates-io]
replace-with = "vendored"

[source.vendored]
directory = "$folder/crates"
END
"${PYTHON:-.venv/bin/python}" -m pip download --quiet --only-binary :all: --dest "$folder/wheels" -r scripts/build-requirements.txt
echo "$(find "$folder/crates" -mindepth 1 -maxdepth 1 | wc -l) crates, $(find "$folder/wheels" -name '*.whl' | wc -l) wheels, $(du -sh "$folder" | cut -f1) in $folder"
