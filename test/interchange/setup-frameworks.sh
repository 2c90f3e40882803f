#!/usr/bin/env bash
# Installs the nir package and SpikingJelly, which tests run, into dist/frameworks-python, beside the PyTorch of
# `npm run setup:torch` in dist/torch-python. Their other dependencies (TensorBoard and so on) are not needed here.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=dist/torch-python/bin/python3
[ -x "$python" ] || { echo "$python is missing: npm run setup:torch first" >&2; exit 1; }
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target dist/frameworks-python \
  nir==1.0.8 h5py==3.16.0 nirtorch==2.6 loguru==0.7.3 spikingjelly==2.0.0
