#!/usr/bin/env bash
# Builds the two interpreters of WebAssembly that microcontrollers have, wasm3 and WAMR, for this computer, from the sources
# in two crates, into dist/runtimes. Needs curl, gcc, cmake and make.
set -euo pipefail
cd "$(dirname "$0")/../.."
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
for program in curl gcc cmake make; do command -v "$program" >/dev/null || missing+=("$program"); done
if [ ${#missing[@]} -gt 0 ]; then
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ca-certificates
fi
mkdir -p dist/runtimes
cd dist/runtimes
fetch() { # crate, version, SHA-256
  [ -d "$1-$2" ] && return
  if curl --fail --silent --show-error --location "https://static.crates.io/crates/$1/$1-$2.crate" -o "$1.crate"; then
    echo "$3  $1.crate" | sha256sum --check --quiet
    tar -xzf "$1.crate"
  else # where only cargo knows the way; it checks the sum itself
    mkdir -p "$1-fetch/src"
    printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[dependencies]\n%s = "=%s"\n' "$1" "$2" >"$1-fetch/Cargo.toml"
    touch "$1-fetch/src/lib.rs"
    (cd "$1-fetch" && cargo vendor --quiet >/dev/null)
    mv "$1-fetch/vendor/$1" "$1-$2"
  fi
}
fetch wasm3-sys 0.3.0 5a4e5d10bf1ffe7753275d4bbae3dc135dd2d2decd90e615accf9fef8bc52bab
fetch wamr-sys 0.1.1 7f8519ccb3c87b57003ea20d6d8ccbf57c8a2999fe1035369a2758b2d80341d0
if [ ! -f libwasm3.a ]; then
  mkdir -p wasm3 && cd wasm3
  gcc -O2 -w -c ../wasm3-sys-0.3.0/wasm3/source/*.c
  ar rcs ../libwasm3.a ./*.o && cd ..
fi
if [ ! -f libwamr.a ]; then
  cmake -S wamr-sys-0.1.1/libiwasm -B wamr -DCMAKE_BUILD_TYPE=Release -DWAMR_BUILD_AOT=0 -DWAMR_BUILD_LIBC_WASI=0 \
    -DWAMR_BUILD_LIBC_BUILTIN=1 >/dev/null 2>&1
  cmake --build wamr --target vmlib >/dev/null
  cp wamr/libvmlib.a libwamr.a
fi
echo 'wasm3 and WAMR are built.'
