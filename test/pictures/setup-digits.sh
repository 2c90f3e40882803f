#!/usr/bin/env bash
# Takes the handwritten digits that scikit-learn ships (1797 pictures of 8 × 8 pixels, from the UCI repository) into
# dist/digits, for the tests of pictures: real pictures without a download of CIFAR. Nothing of it is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python=dist/torch-python/bin/python3
[ -x "$python" ] || { echo "$python is missing: npm run setup:torch first" >&2; exit 1; }
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$scratch" \
  scikit-learn==1.9.1
"$python" - "$scratch"/*.whl <<'EXTRACT'
import pathlib, sys, zipfile
target = pathlib.Path("dist/digits")
target.mkdir(parents=True, exist_ok=True)
(target / "digits.csv.gz").write_bytes(zipfile.ZipFile(sys.argv[1]).read("sklearn/datasets/data/digits.csv.gz"))
EXTRACT
