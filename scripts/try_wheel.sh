#!/usr/bin/env bash
# Installs a wheel into clean environments and uses it as a reader of the README would: scripts/try_wheel.sh WHEEL
#
# Out: for each environment its versions and what a small ledger answered. Environments: no extra at all, pandas 2.3,
# pandas 3, polars alone. PYTHON chooses the interpreter.
set -euo pipefail
wheel=$(realpath "${1:?usage: scripts/try_wheel.sh WHEEL}")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PYTHON=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONUTF8=1

try() {
	local name=$1
	shift
	"$PYTHON" -m venv "$folder/$name"
	"$folder/$name/bin/python" -m pip install --quiet "$@"
	"$folder/$name/bin/python" -m pip check --quiet
	echo "== $name"
	(cd "$folder" && "$folder/$name/bin/taizhang" --version >/dev/null &&
		"$folder/$name/bin/python" -W error "$root/scripts/try_wheel.py" "$root/seeds/documents" "$name")
}

try plain "$wheel"
try pandas-2 "${wheel}[pandas]" "pandas>=2.3,<3"
try pandas-3 "${wheel}[pandas]" "pandas>=3,<4"
try polars "${wheel}[polars]"
