#!/usr/bin/env bash
# Installs what the tests of the page need and npm does not bring: Debian's Chromium and Firefox.
set -euo pipefail
missing=()
for program in chromium firefox-esr; do
  command -v "$program" >/dev/null || missing+=("$program")
done
if [ "${#missing[@]}" -gt 0 ]; then
  as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi
chromium --version 2>/dev/null
firefox-esr --version 2>/dev/null
