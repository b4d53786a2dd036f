#!/usr/bin/env bash
# Builds what is committed twice, in two folders of different names, and compares the bytes: scripts/reproducible.sh [OUT]
#
# Out: the wheel and the sdist of the first build in OUT (dist by default), and a line for each with its SHA-256.
# Fails where a byte differs. Takes two release builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:-dist}
PYTHON=$(cd "$(dirname "${PYTHON:-.venv/bin/python}")" && pwd)/$(basename "${PYTHON:-.venv/bin/python}")
export PYTHON
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for name in one "another-folder/deeper"; do
	mkdir -p "$folder/$name"
	git archive HEAD | tar -x -C "$folder/$name"
	(cd "$folder/$name" && CARGO_TARGET_DIR="$folder/$name/target" nice scripts/wheel.sh built)
	rm -rf "$folder/$name/target"
done

(cd "$folder/one/built" && sha256sum -- *) >"$folder/sums"
(cd "$folder/another-folder/deeper/built" && sha256sum --check --strict --quiet "$folder/sums")
mkdir -p "$out"
cp "$folder/one/built/"* "$out/"
echo "equal bytes from two folders:"
cat "$folder/sums"
wc -c "$folder"/one/built/*
