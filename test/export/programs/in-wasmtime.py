# python3 in-wasmtime.py MODULE: tests the module in wasmtime, and prints the words in the raw sound on stdin: 16-bit,
# mono, 16 kHz.
import sys

import wasmtime
from wasmtime import _bindings

config = wasmtime.Config()
# the package has no property for it
_bindings.wasmtime_config_wasm_custom_page_sizes_set(config.ptr(), True)
store = wasmtime.Store(wasmtime.Engine(config))
with open(sys.argv[1], "rb") as file:
    module = wasmtime.Module(store.engine, file.read())
exports = wasmtime.Instance(store, module, []).exports(store)
memory = exports["memory"]
print("memory", memory.data_len(store))
print("self test", exports["selfTest"](store))
sound = sys.stdin.buffer.read()
samples = exports["query"](store, 3)
at, piece = 0, 2 * 192  # then frames end with pieces
while at + piece <= len(sound):
    memory.write(store, sound[at : at + piece], samples)
    at += piece
    heard = exports["listen"](store, piece // 2)
    piece = 2 * 320
    if heard != 1:
        continue
    word = exports["query"](store, 18)
    if word >= 0:
        print(word, at // 2)
