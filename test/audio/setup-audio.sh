#!/usr/bin/env bash
# Installs what the tests of microphones need and npm does not bring: recorders, and sound servers that run without a sound card.
set -euo pipefail
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
  alsa-utils libasound2-plugins sox libsox-fmt-alsa ffmpeg pulseaudio pulseaudio-utils \
  pipewire pipewire-pulse wireplumber dbus
