/**
 * USB vendors whose ports are those of boards. Makers of adapters (FTDI, Silicon Labs, WCH) are not among them: their
 * ports may lead to anything, and some machines act on the first byte that they receive.
 */
const BOARD_VENDORS: ReadonlyMap<number, string> = new Map([
  [0x03eb, 'Microchip'],
  [0x045b, 'Renesas'],
  [0x0483, 'ST'],
  [0x04b4, 'Infineon'],
  [0x0d28, 'Arm DAPLink'],
  [0x1366, 'SEGGER'],
  [0x1915, 'Nordic'],
  [0x1b4f, 'SparkFun'],
  [0x1cbe, 'TI'],
  [0x1fc9, 'NXP'],
  [0x2341, 'Arduino'],
  [0x239a, 'Adafruit'],
  [0x2886, 'Seeed'],
  [0x2a03, 'Arduino'],
  [0x2e8a, 'Raspberry Pi'],
  [0x303a, 'Espressif'],
]);

/** The ids of these vendors. */
export const BOARD_VENDOR_IDS: readonly number[] = [...BOARD_VENDORS.keys()];

/** Whether a USB vendor's ports are those of boards. */
export const isBoardVendor = (vendorId: number): boolean => BOARD_VENDORS.has(vendorId);

/** The name of a vendor of boards; undefined for any other. */
export const boardVendor = (vendorId: number): string | undefined => BOARD_VENDORS.get(vendorId);
