export { type ImportedFile, importRecordings } from './import-recordings.js';
export { previewPage } from './preview-page.js';
