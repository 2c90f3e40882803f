/**
 * USB vendors whose ports are those of boards. Makers of adapters (FTDI, Silicon Labs, WCH) are not among them: their
 * ports may lead to anything, and some machines act on the first byte that they receive.
 */
const BOARD_VENDORS: Readonly<Record<number, string>> = {
  1003: 'Microchip',
  1115: 'Renesas',
  1155: 'ST',
  1204: 'Infineon',
  3368: 'Arm DAPLink',
  4966: 'SEGGER',
  6421: 'Nordic',
  6991: 'SparkFun',
  7358: 'TI',
  8137: 'NXP',
  9025: 'Arduino',
  9114: 'Adafruit',
  10374: 'Seeed',
  10755: 'Arduino',
  11914: 'Raspberry Pi',
  12346: 'Espressif',
};

/** Whether a USB vendor's ports are those of boards. */
export const isBoardVendor = (vendorId: number): boolean => Object.hasOwn(BOARD_VENDORS, vendorId);
