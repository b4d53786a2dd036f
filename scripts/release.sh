#!/usr/bin/env bash
# The release checklist, up to the upload (docs/releasing.md): scripts/release.sh [--quick]
#
# Stops at the first thing that is not as it should be, with a sentence. --quick leaves out `make check` and the offline
# build, to try the rest. Changes nothing outside of dist/ and vendor/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
quick=${1:-}
# What it is, and a little: 4 MB is the goal (docs/releasing.md, Size), and nothing may lead further from it.
MOST_BYTES=5200000

stop() {
	echo "release: $*" >&2
	exit 1
}
step() {
	echo
	echo "== $*"
}

step "the tree"
[[ -z $(git status --porcelain) ]] || stop "the tree is not clean: commit or stash first"
branch=$(git rev-parse --abbrev-ref HEAD)
[[ $branch == main || -n ${RELEASE_FROM_ANY_BRANCH:-} ]] || stop "this is $branch, releases are made from main"

step "the version"
version=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
locked=$(sed -n '/^name = "taizhang"$/{n;s/^version = "\(.*\)"/\1/p}' Cargo.lock)
[[ $version == "$locked" ]] || stop "Cargo.toml says $version, Cargo.lock $locked: run cargo check and commit"
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || stop "$version is no version of a release"
! git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null || stop "there is a tag v$version already"
heading=$(grep -m1 "^## $version" CHANGELOG.md) || stop "CHANGELOG.md has no heading for $version"
today=$(date -u +%Y-%m-%d)
[[ $heading == "## $version ($today)" ]] || stop "CHANGELOG.md says \"$heading\"; it should be \"## $version ($today)\""
section=$(awk -v heading="$heading" '$0 == heading { on = 1; next } /^## / { on = 0 } on' CHANGELOG.md)
for part in Facts Disk API; do
	grep -q "\*\*$part\.\*\*" <<<"$section" || stop "CHANGELOG.md does not say what changed in $part"
done
echo "$version, of $today"

step "what changed since the last release"
last=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)
if [[ -n $last ]]; then
	changed() { ! git diff --quiet "$last" HEAD -- "$@"; }
	constant() { git show "$1:$2" | sed -n "s/.*const $3: u32 = \([0-9]*\);.*/\1/p"; }
	if changed seeds/lexicon || [[ $(constant "$last" src/ledger/embedded.rs RULES) != $(constant HEAD src/ledger/embedded.rs RULES) ]]; then
		grep -qi "reread" <<<"$section" || stop "the reading changed since $last: CHANGELOG.md should tell users to reread()"
	fi
	before=$(constant "$last" src/store/format.rs FORMAT)
	now=$(constant HEAD src/store/format.rs FORMAT)
	if [[ $before != "$now" ]]; then
		grep -q "format $now" <<<"$section" || stop "the ledger format is $now, it was $before: CHANGELOG.md should say so"
	fi
	for ((format = 1; format <= now; format++)); do
		[[ -d tests/data/format_v$format ]] || stop "tests/data/format_v$format is missing: a ledger of every format opens for ever"
	done
	echo "since $last: $(git rev-list --count "$last..HEAD") commits"
else
	echo "there is no release before"
fi

if [[ $quick != --quick ]]; then
	step "make check"
	make check
fi
make dev
PYTHON=$(pwd)/.venv/bin/python
export PYTHON
"$PYTHON" -m pip install --quiet -r scripts/build-requirements.txt -r scripts/release-requirements.txt

step "wheel and sdist, twice"
rm -rf dist
scripts/reproducible.sh dist
wheel=$(echo dist/taizhang-"$version"-*manylinux_2_28_x86_64.whl)
[[ -f $wheel ]] || stop "there is no wheel for manylinux_2_28: $(ls dist)"
bytes=$(wc -c <"$wheel")
((bytes <= MOST_BYTES)) || stop "the wheel has $bytes bytes, more than $MOST_BYTES"
"$PYTHON" -m twine check --strict dist/*

step "clean environments"
scripts/try_wheel.sh "$wheel" | tee dist/tried.txt

if [[ $quick != --quick ]]; then
	step "without a network"
	scripts/vendor.sh vendor
	scripts/offline.sh vendor
fi

step "the sdist gives the wheel"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -xzf dist/taizhang-"$version".tar.gz -C "$folder"
(cd "$folder/taizhang-$version" && SOURCE_DATE_EPOCH=$(git -C "$OLDPWD" log -1 --format=%ct) bash scripts/wheel.sh "$folder/built")
cmp "$wheel" "$folder"/built/*.whl || stop "the sdist gives another wheel"

step "bill of materials"
"$PYTHON" scripts/sbom.py "dist/taizhang-$version.cdx.json" --check

step "checksums"
mv dist/tried.txt "$folder/"
(cd dist && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)

cat <<END

All is as it should be. What is left for a person:

    git tag -s v$version -m "taizhang $version"
    git push origin v$version

GitHub builds the other systems' wheels and hands all of them to PyPI; compare its checksum of
$(basename "$wheel") with dist/SHA256SUMS.
END
