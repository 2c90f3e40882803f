#!/usr/bin/env bash
# Installs what `train --engine torch` needs into dist/torch-python: PyTorch with its CUDA parts, about 6 GB on Linux.
# PYTHON names another Python than python3 to install it for, 3.10 or later.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if ! "$python" -c 'import ensurepip' >/dev/null 2>&1 && apt-get --version >/dev/null 2>&1; then
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv
fi
[ -x dist/torch-python/bin/python3 ] || "$python" -m venv dist/torch-python
dist/torch-python/bin/pip install --quiet --disable-pip-version-check torch==2.15.0 numpy==2.4.6 safetensors==0.8.0
dist/torch-python/bin/python3 -c 'import torch; print("PyTorch", torch.__version__, "with", torch.cuda.device_count(), "GPUs")' >&2
