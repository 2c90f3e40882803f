#!/usr/bin/env bash
# Installs the published Wyoming package, whose client a test uses, into dist/wyoming-python.
set -euo pipefail
cd "$(dirname "$0")/../.."
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if ! python3 -m pip --version >/dev/null 2>&1; then
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-pip
fi
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target dist/wyoming-python wyoming==1.10.2
