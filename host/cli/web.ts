import { Argument, Command, Option } from 'commander';
import { DEFAULT_PORT, serveWeb } from '../web/index.js';
import { wholeNumber } from './whole-number.js';

export function webCommand(): Command {
  return new Command('web')
    .description('Serve a page that detects words in a browser on this machine; runs until you press Ctrl-C')
    .addArgument(
      new Argument(
        '[model]',
        'model.spkw or run folder that the page starts with (default: the bundled commands.spkw)',
      ),
    )
    .addOption(
      new Option('--port <n>', 'TCP port; 0: any free port').argParser(wholeNumber(0, 65_535)).default(DEFAULT_PORT),
    )
    .action(async (model: string | undefined, { port }: { readonly port: number }) => {
      const { url } = await serveWeb({ port, model });
      process.stdout.write(`${url}\n`);
      process.stderr.write('Open this address in a browser on this machine. Press Ctrl-C to stop the server.\n');
    });
}
