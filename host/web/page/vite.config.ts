import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
// compiled, because the source finds the files of the package from its place in dist
import { exportTexts } from '../../../dist/host/export/index.js';
import { PAGE_POLICY } from '../content-security-policy.js';
import { digestOf, offlineCode } from '../offline-list.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const VERSION = JSON.parse(readFileSync(path('../../../package.json'), 'utf8')).version as string;

/** The model that the page starts with, if it exists. */
const FIRST = 'commands.spkw';

/** The clips of the sample dataset that the page plays: one that the first model hears of each word. */
const EXAMPLES = {
  yes: '1e87abe9_nohash_0',
  no: '6e08a2ae_nohash_0',
  up: '5bb3b99f_nohash_0',
  down: 'dc613565_nohash_0',
  left: 'ca30e7ec_nohash_0',
  right: '5bb3b99f_nohash_0',
};

/** What exports are made of, without the kernel in C where wasm2c is not installed. */
async function textsOfExports(): Promise<string> {
  try {
    return JSON.stringify(await exportTexts({ inC: true }));
  } catch (error) {
    if ((error as Error).name !== 'ToolError') throw error;
    console.error(`The page cannot export C: ${(error as Error).message}`);
    return JSON.stringify(await exportTexts({ inC: false }));
  }
}

/** Documents that the page links to, as texts. */
const DOCUMENTS = ['boards', 'exporting', 'how-it-works', 'library', 'wasm-on-boards'].map((name) => `docs/${name}.md`);

/**
 * Adds the files that the page fetches or links to: the kernels, the models, their cards and their list, what exports
 * are made of, examples, documents, the manifest and the icons.
 */
function besidePage(): Plugin {
  return {
    name: 'beside-page',
    transformIndexHtml: {
      // before the page is parsed, because the stages have ids that the code looks for
      order: 'pre',
      handler: (html) =>
        html
          .replace(/<!-- stage (.*?) -->/g, (_, file) => readFileSync(path(file), 'utf8').trim())
          .replace('%CONTENT_SECURITY_POLICY%', PAGE_POLICY)
          .replace('%VERSION%', VERSION),
    },
    async generateBundle() {
      const folder = path('../../../models/');
      const files = readdirSync(folder).filter((file) => file.endsWith('.spkw'));
      files.sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || (a < b ? -1 : 1));
      const list = files.map((file) => {
        const [name, bytes] = [basename(file, '.spkw'), readFileSync(folder + file)];
        const card = `models/${name}.md`;
        const about = existsSync(path(`../../../${card}`)) ? { card } : {};
        return { name, bytes: bytes.length, sha256: digestOf(bytes), ...about };
      });
      const emit = (fileName: string, source: string | Uint8Array): void => {
        this.emitFile({ type: 'asset', fileName, source });
      };
      for (const file of files) emit(`models/${file}`, readFileSync(folder + file));
      emit('models/index.json', JSON.stringify(list));
      emit('models/commands.safetensors', readFileSync(`${folder}commands.safetensors`));
      emit('models/counter-examples.safetensors', readFileSync(`${folder}counter-examples.safetensors`));
      for (const { card } of list) if (card !== undefined) emit(card, readFileSync(path(`../../../${card}`)));
      for (const name of ['kernel', 'kernel-dense', 'kernel-portable', 'kernel-apart', 'frontend', 'trainer']) {
        emit(`${name}.wasm`, readFileSync(path(`../../../dist/wasm/${name}.wasm`)));
      }
      for (const [word, clip] of Object.entries(EXAMPLES)) {
        emit(`examples/${word}.wav`, readFileSync(path(`../../../datasets/sample/${word}/${clip}.wav`)));
      }
      emit('export.json', await textsOfExports());
      for (const name of DOCUMENTS) emit(name, readFileSync(path(`../../../${name}`)));
      emit('LICENSE.txt', readFileSync(path('../../../LICENSE')));
      emit('manifest.webmanifest', readFileSync(path('manifest.webmanifest')));
      emit('icon.svg', readFileSync(path('icon.svg')));
      for (const name of readdirSync(path('icons'))) emit(`icons/${name}`, readFileSync(path(`icons/${name}`)));
    },
  };
}

const OUT = path('../../../dist/web/');

/** Lists the built files in the service worker, which keeps them. */
function listedOffline(): Plugin {
  return {
    name: 'listed-offline',
    writeBundle() {
      const worker = `${OUT}service-worker.js`;
      const files = readdirSync(OUT, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const digests = files
        .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').replace(/\/\//g, '/'))
        .filter((file) => file !== worker)
        .map((file) => [file.slice(OUT.length), digestOf(readFileSync(file))] as const);
      writeFileSync(worker, offlineCode(digests, readFileSync(worker, 'utf8')));
    },
  };
}

export default defineConfig({
  root: path('.'),
  base: './',
  // wav-decoder is written for Node, where the global object is called `global`
  define: { global: 'globalThis', SPIKEWORD_VERSION: JSON.stringify(VERSION) },
  plugins: [besidePage(), listedOffline()],
  worker: { format: 'es' },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    // the policy allows no `data:` addresses
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 200,
    rollupOptions: {
      input: { index: path('index.html'), 'service-worker': path('offline/service-worker.ts') },
      output: {
        // the worker has its own address in every version
        entryFileNames: ({ name }) => (name === 'service-worker' ? `${name}.js` : 'assets/[name]-[hash].js'),
      },
    },
  },
});
