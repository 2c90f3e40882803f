#!/usr/bin/env bash
# Installs what the tests of the page need and npm does not bring: Debian's Chromium.
set -euo pipefail
if command -v chromium >/dev/null; then
  chromium --version 2>/dev/null
  exit 0
fi
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium
