#!/usr/bin/env bash
# Builds the two interpreters of WebAssembly that microcontrollers have, wasm3 and WAMR, for this computer and for a
# Cortex-M4, from the sources in two crates, into dist/runtimes. Needs curl, gcc, cmake, make and GCC for ARM. Then two that
# know pages of one byte: wasmtime, from pip, and wasmi, if there is a cargo of Rust 1.86 or newer.
set -euo pipefail
cd "$(dirname "$0")/../.."
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
for program in curl gcc cmake make; do command -v "$program" >/dev/null || missing+=("$program"); done
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
command -v arm-none-eabi-gcc >/dev/null || missing+=(gcc-arm-none-eabi libnewlib-arm-none-eabi)
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
if [ ! -f libwamr-bulk.a ]; then
  rm -rf wamr
  cmake -S wamr-sys-0.1.1/libiwasm -B wamr -DCMAKE_BUILD_TYPE=Release -DWAMR_BUILD_AOT=0 -DWAMR_BUILD_LIBC_WASI=0 \
    -DWAMR_BUILD_LIBC_BUILTIN=1 -DWAMR_BUILD_BULK_MEMORY=1 >/dev/null 2>&1
  cmake --build wamr --target vmlib >/dev/null
  cp wamr/libvmlib.a libwamr-bulk.a
fi
# For a Cortex-M4, with the options of boards in host/boards/toolchain.ts. wasm3 has the tightest limits of functions that
# the module keeps (its own are 128 on an ESP32, and 4000 slots, which it puts on the stack), and no floating point.
m4=(-mcpu=cortex-m4+nofp -mthumb -mfloat-abi=soft)
platform=$PWD/../../test/export/programs/wamr
for_m4() { # library, options and sources
  local library=$1 && shift
  [ -f "$library" ] && [ "$library" -nt "$platform/platform.c" ] && return
  rm -rf "$library" m4 && mkdir m4
  (cd m4 && arm-none-eabi-gcc "${m4[@]}" --specs=nano.specs -std=gnu11 -w -ffunction-sections -fdata-sections \
    -fno-common -c "$@" && arm-none-eabi-ar rcs "../$library" ./*.o)
}
wasm3=$PWD/wasm3-sys-0.3.0/wasm3/source
for_m4 libwasm3-m4.a -O3 -DARDUINO -Dd_m3HasFloat=0 -Dd_m3MaxFunctionStackHeight=80 -Dd_m3MaxFunctionSlots=160 \
  "$wasm3"/m3_{bind,code,compile,core,emit,env,exec,module,parse}.c
core=$PWD/wamr-sys-0.1.1/wasm-micro-runtime/core
for interpreter in classic fast; do
  for_m4 "libwamr-$interpreter-m4.a" -O2 -DBUILD_TARGET='"THUMB"' -DBUILD_TARGET_THUMB -DWASM_ENABLE_INTERP=1 \
    -DWASM_ENABLE_FAST_INTERP=$([ $interpreter = fast ] && echo 1 || echo 0) -DWASM_ENABLE_BULK_MEMORY=1 \
    -DBH_MALLOC=wasm_runtime_malloc -DBH_FREE=wasm_runtime_free -I"$platform" -I"$core/shared/platform/include" \
    -I"$core/shared/utils" -I"$core/shared/mem-alloc" -I"$core/iwasm/include" -I"$core/iwasm/common" \
    -I"$core/iwasm/interpreter" "$platform/platform.c" "$core"/shared/utils/bh_{assert,common,hashmap,list,log,vector}.c \
    "$core"/shared/mem-alloc/mem_alloc.c "$core"/shared/mem-alloc/ems/*.c \
    "$core"/iwasm/common/wasm_{exec_env,memory,native,runtime_common}.c \
    "$core"/iwasm/common/arch/invokeNative_general.c "$core"/iwasm/interpreter/wasm_{loader,runtime}.c \
    "$core/iwasm/interpreter/wasm_interp_$interpreter.c"
done
rm -rf m4
# which the options of the linker do not name
cp "$(arm-none-eabi-gcc "${m4[@]}" -print-file-name=libm.a)" libm-m4.a
if [ ! -d wasmtime ]; then
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target wasmtime wasmtime==50.0.1
fi
built='wasm3, WAMR, wasmtime'
if cargo build --quiet --release --locked --manifest-path ../../test/export/wasmi/Cargo.toml --target-dir wasmi; then
  built+=', wasmi'
else
  echo 'wasmi is left out: it needs cargo of Rust 1.86 or newer.'
fi
echo "Built: $built."
