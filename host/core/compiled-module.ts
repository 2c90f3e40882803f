/**
 * A `WebAssembly.Module`. That name must not appear in the library's declarations: outside a browser TypeScript does
 * not know it.
 */
export type CompiledModule = object;
