#!/usr/bin/env bash
# Builds and tries the wheel in a network namespace that has no route, from what scripts/vendor.sh gathered:
# scripts/offline.sh [VENDOR]
#
# Needs the right to make a namespace (root, or a system that lets users). The build sees an empty cargo home, so nothing
# that was downloaded before can help it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
vendor=$(cd "${1:-vendor}" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tree" "$folder/cargo"
git archive HEAD | tar -x -C "$folder/tree"
cp "$vendor/config.toml" "$folder/cargo/config.toml"
export CARGO_HOME=$folder/cargo CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=$folder/target
cargo=$(command -v cargo)
export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup} PATH="${cargo%/*}:$PATH"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH folder vendor

unshare --net --map-root-user bash -euo pipefail <<'END'
if [[ -n $(ip route 2>/dev/null || true) ]] || python3 -c 'import socket; socket.create_connection(("1.1.1.1", 443), 2)' 2>/dev/null; then
	echo "there is a route: this namespace is not closed" >&2
	exit 1
fi
cd "$folder/tree"
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-index --find-links "$vendor/wheels" -r scripts/build-requirements.txt
PYTHON="$folder/venv/bin/python" nice scripts/wheel.sh "$folder/dist"
python3 -m venv "$folder/try"
"$folder/try/bin/python" -m pip install --quiet --no-index "$folder"/dist/taizhang-*.whl
"$folder/try/bin/taizhang" --version
cd / && "$folder/try/bin/python" -c 'import taizhang as tz; assert tz.parse_text("一、甲\n（一）乙。（市财政局负责）").assignments'
END
echo "built and tried without a route:"
(cd "$folder/dist" && sha256sum -- *)
