/** A form in which models leave. Files come from firmware-bridge/library/templates. */
export interface Target {
  readonly name: string;
  readonly title: string;
  /** Folders of templates; later ones add files. */
  readonly templates: readonly string[];
  /** Where the C of the library and of the models goes. */
  readonly sources: string;
  /** Whether it is one zip file. */
  readonly zip: boolean;
}

export const targets: readonly Target[] = [
  { name: 'c', title: 'C with CMake', templates: ['c'], sources: '', zip: false },
  { name: 'arduino', title: 'library for the Arduino IDE', templates: ['arduino'], sources: 'src/', zip: true },
  {
    name: 'platformio',
    title: 'library for PlatformIO',
    templates: ['arduino/examples', 'platformio'],
    sources: 'src/',
    zip: false,
  },
  { name: 'esp-idf', title: 'component for ESP-IDF', templates: ['esp-idf'], sources: '', zip: false },
  { name: 'zephyr', title: 'module for Zephyr', templates: ['zephyr'], sources: '', zip: false },
];
