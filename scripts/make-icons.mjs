// Makes the icons of the page in host/web/page/icons from its icon.svg, with Chromium: node scripts/make-icons.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChromium } from '../dist/test/web/chromium.js';

const page = fileURLToPath(new URL('../host/web/page/', import.meta.url));
const svg = readFileSync(`${page}icon.svg`, 'utf8');
/** A launcher cuts a maskable icon to a shape of its own, which leaves at least the middle 80 %. */
const maskable = svg.replace('viewBox="0 0 16 16"', 'viewBox="-2 -2 20 20"').replace(/ rx="3"/, '');
const ground = /<rect[^>]*fill="(#\w+)"/.exec(svg)[1];

const browser = await startChromium();
const tab = await browser.newPage();
mkdirSync(`${page}icons`, { recursive: true });
for (const [name, source, size, background] of [
  ['192', svg, 192, 'transparent'],
  ['512', svg, 512, 'transparent'],
  ['maskable-512', maskable, 512, ground],
  // iOS fills what is transparent with black, and rounds the corners itself
  ['apple-180', maskable.replace('-2 -2 20 20', '-1 -1 18 18'), 180, ground],
]) {
  await tab.setViewportSize({ width: size, height: size });
  const style = `<style>body{margin:0;background:${background}}svg{display:block;width:100vw;height:100vh}</style>`;
  await tab.setContent(style + source);
  writeFileSync(`${page}icons/${name}.png`, await tab.screenshot({ omitBackground: true }));
}
await browser.close();
