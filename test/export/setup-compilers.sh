#!/usr/bin/env bash
# Installs what the tests of exports need besides the tools for boards: a second compiler, C++ and CMake.
set -euo pipefail
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clang g++ cmake make
