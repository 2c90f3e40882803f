import { Command } from 'commander';
import { listPorts } from '../device/index.js';

export function portsCommand(): Command {
  return new Command('ports')
    .description('List the serial ports that may have a board connected')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (options: { json?: boolean }) => {
      const ports = await listPorts();
      if (options.json) {
        console.log(JSON.stringify({ ports }));
      } else if (ports.length === 0) {
        console.log('no serial ports');
      } else {
        for (const { path, manufacturer, vendorId, productId } of ports) {
          const usb = vendorId === null ? '' : `${vendorId}:${productId}`;
          console.log([path, usb, manufacturer ?? ''].join('\t').trimEnd());
        }
      }
    });
}
