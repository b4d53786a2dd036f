#!/usr/bin/env bash
# The wheel that is published, and the sdist: scripts/wheel.sh OUT [more arguments for maturin]
#
# In: this folder, committed or not. Out: OUT/taizhang-V-cp311-abi3-manylinux_2_28_x86_64.whl and OUT/taizhang-V.tar.gz.
# Guaranteed: the bytes do not depend on the folder, the user or the time (scripts/reproducible.sh compares), and no
# symbol is newer than glibc 2.28, since zig links against that one; maturin's own audit refuses anything else.
# ZIG=0 links with the system's linker instead (macOS, Windows, a manylinux image).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(mkdir -p "${1:?usage: scripts/wheel.sh OUT}" && cd "$1" && pwd)
shift
PYTHON=${PYTHON:-.venv/bin/python}
here=$(pwd -P)
cargo_home=$(cd "${CARGO_HOME:-$HOME/.cargo}" && pwd -P)

if [[ $here$cargo_home == *[[:space:]]* ]]; then
	echo "wheel: compilers take flags apart at blanks, so neither $here nor $cargo_home may have one in its name" >&2
	exit 1
fi

# The time in archives: of the commit, of the files of an unpacked sdist, or as the caller says.
if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.toml)
fi
export SOURCE_DATE_EPOCH

# Paths of this machine would stand in panics and assertions, of Rust and of the bundled C alike.
sysroot=$(rustc --print sysroot)
export RUSTFLAGS="--remap-path-prefix=$here=/taizhang --remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$sysroot=/rust ${RUSTFLAGS:-}"
export CFLAGS="-ffile-prefix-map=$here=/taizhang -ffile-prefix-map=$cargo_home=/cargo ${CFLAGS:-}"
export CARGO_INCREMENTAL=0 TZ=UTC LC_ALL=C

"$PYTHON" scripts/sbom.py target/sbom/taizhang.cdx.json
arguments=(--locked --sbom-include target/sbom/taizhang.cdx.json --profile dist --compression-level 9 --out "$out")
if [[ ${ZIG:-1} == 1 ]]; then
	if ! "$PYTHON" -c "import ziglang" 2>/dev/null; then
		echo "wheel: zig is missing: $PYTHON -m pip install -r scripts/build-requirements.txt" >&2
		exit 1
	fi
	# maturin asks the first python3 on the path for it.
	PATH=$(cd "$(dirname "$PYTHON")" && pwd):$PATH
	export PATH
	arguments+=(--zig --compatibility manylinux_2_28)
fi
# The last compilation optimizes the whole: copying fewer small functions into their callers takes a fifth of the size and
# no time (docs/measurements.md).
"$PYTHON" -m maturin build "${arguments[@]}" "$@" -- -C llvm-args=-inline-threshold=50
"$PYTHON" -m maturin sdist --out "$out"
