import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { PAGE_POLICY } from '../index.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The model that the page starts with, if it exists. */
const FIRST = 'commands.spkw';

/** Adds the files that the page fetches: the kernel, the models and the list of models. */
function besidePage(): Plugin {
  return {
    name: 'beside-page',
    transformIndexHtml: {
      // before the page is parsed, because the stages have ids that the code looks for
      order: 'pre',
      handler: (html) =>
        html
          .replace('%CONTENT_SECURITY_POLICY%', PAGE_POLICY)
          .replace(/<!-- stage (.*?) -->/g, (_, file) => readFileSync(path(file), 'utf8').trim()),
    },
    generateBundle() {
      const folder = path('../../../models/');
      const files = readdirSync(folder).filter((file) => file.endsWith('.spkw'));
      files.sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || (a < b ? -1 : 1));
      const list = files.map((file) => ({ name: basename(file, '.spkw'), bytes: statSync(folder + file).size }));
      const emit = (fileName: string, source: string | Uint8Array): void => {
        this.emitFile({ type: 'asset', fileName, source });
      };
      for (const file of files) emit(`models/${file}`, readFileSync(folder + file));
      emit('models/index.json', JSON.stringify(list));
      emit('kernel.wasm', readFileSync(path('../../../dist/wasm/kernel.wasm')));
    },
  };
}

export default defineConfig({
  root: path('.'),
  base: './',
  // wav-decoder is written for Node, where the global object is called `global`
  define: { global: 'globalThis' },
  plugins: [besidePage()],
  build: {
    outDir: path('../../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // the policy allows no `data:` addresses
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 200,
  },
});
