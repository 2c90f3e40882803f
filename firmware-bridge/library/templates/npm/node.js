import { readFile } from 'node:fs/promises';
import { make } from './listener.js';

export const { createListener, listen, selfTest } = make((name) => readFile(new URL(name, import.meta.url)));
