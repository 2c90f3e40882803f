/** A whole number with commas between its thousands: 3632 → `3,632`. */
export function countText(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** A number with so many digits after the point and commas between its thousands: 12345.678 → `12,345.7`. */
export function decimalText(n: number, digits = 1): string {
  return n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A number in three digits and a unit: 4328120 → `4.33 M`, 281400 → `281 k`. */
export function compactText(n: number): string {
  const units = ['', 'k', 'M', 'G'];
  let unit = 0;
  let value = n;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  const digits = unit === 0 ? Math.round(value).toString() : value.toPrecision(3);
  return unit === 0 ? digits : `${digits}\u00a0${units[unit]}`;
}

/** A number of bytes: `86,396 bytes`. */
export function bytesText(n: number): string {
  return `${countText(n)} bytes`;
}

/** Bytes as flash and downloads are sold: 86396 → `86 kB`, 5120 → `5.1 kB`. */
export function kilobytesText(n: number): string {
  return `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)} kB`;
}

/** Bytes as memory is built: 98304 → `96.0 KiB`. */
export function binaryBytesText(n: number): string {
  if (n < 1024) return `${n} B`;
  return n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`;
}

/** A fraction as a percentage: 0.9245 → `92.45 %`. */
export function percentText(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** Milliseconds as a clock shows them, `0:03.5`, with hours once there are some. */
export function clockText(milliseconds: number): string {
  const tenths = Math.floor(milliseconds / 100);
  const seconds = Math.floor(tenths / 10);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A 32-bit number as eight hexadecimal digits, without 0x: a CRC-32 as people compare it. */
export function crcText(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** A number as hexadecimal digits after 0x: an address, a magic number. */
export function hexText(n: number, digits = 8): string {
  return `0x${n.toString(16).padStart(digits, '0')}`;
}
