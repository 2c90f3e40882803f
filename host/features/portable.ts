// The part of this room that needs nothing but the language, for what also runs in a browser.
export * from './parameters.js';
