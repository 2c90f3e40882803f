import { Argument, Command, Option } from 'commander';
import { DEFAULT_PORT, serveWeb } from '../web/index.js';
import { wholeNumber } from './whole-number.js';

export function webCommand(): Command {
  return new Command('web')
    .description('Serve the page that listens in a browser of this machine, until interrupted')
    .addArgument(
      new Argument(
        '[model]',
        'model.spkw or run folder that the page begins with (default: the shipped commands.spkw)',
      ),
    )
    .addOption(
      new Option('--port <n>', 'TCP port, 0 for any that is free')
        .argParser(wholeNumber(0, 65_535))
        .default(DEFAULT_PORT),
    )
    .action(async (model: string | undefined, { port }: { readonly port: number }) => {
      const { url } = await serveWeb({ port, model });
      process.stdout.write(`${url}\n`);
      process.stderr.write('Open it in a browser on this machine; Ctrl-C ends it.\n');
    });
}
