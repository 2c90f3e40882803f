/**
 * A `WebAssembly.Module`. Its name must not stand in the library's declarations: outside a browser TypeScript does not
 * know it.
 */
export type CompiledModule = object;
