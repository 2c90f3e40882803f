import { make } from './listener.js';

// written out, so that bundlers find the files
const urls = {
  'model.wasm': new URL('./model.wasm', import.meta.url),
  'model.json': new URL('./model.json', import.meta.url),
};

export const { createListener, listen, selfTest } = make(async (name) => {
  const response = await fetch(urls[name]);
  if (!response.ok) throw new Error(`${urls[name]}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
});
