// AssemblyScript specs: every *.spec.ts in test/assembly, compiled with as-pect.asconfig.json.
export default {
  entries: ['test/assembly/**/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
