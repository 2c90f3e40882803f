import { networkInterfaces } from 'node:os';
import { Command, Option } from 'commander';
import type { PointChanges } from '../core/detection/index.js';
import { UsageError } from '../core/error.js';
import { wrapText } from '../core/text/index.js';
import { runningModel, withBoard } from '../device/index.js';
import { readModel } from '../model/index.js';
import { defaultModelPath } from '../system/index.js';
import {
  boardService,
  DEFAULT_URI,
  hostService,
  parseAddress,
  type ServerNotes,
  serveWyoming,
} from '../wyoming/index.js';
import { boardOptions } from './board-port.js';
import { modelArgument } from './model-argument.js';
import { progressBar } from './progress.js';
import { falseAcceptsOption, wordsOption } from './stream-options.js';

interface ServeOptions extends PointChanges {
  readonly wyoming?: boolean;
  readonly uri: string;
  readonly port?: string | true;
  readonly json?: boolean;
}

/** The address of this machine in its network, for other machines to type. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** Prints what happens: detections on stdout, the rest on stderr; with --json one object a line on stdout. */
function printedNotes(json: boolean): ServerNotes {
  const tell = (event: string, fields: object): void => console.log(JSON.stringify({ event, ...fields }));
  if (json) {
    return {
      onClient: (client, connected) => tell(connected ? 'connected' : 'disconnected', { client }),
      onDetection: (client, word, { score }) => tell('detection', { client, word, score }),
      onFault: (client, fault) => tell('fault', { client, fault }),
    };
  }
  return {
    onClient: (client, connected) => console.error(`${client} ${connected ? 'connected' : 'disconnected'}`),
    onDetection: (client, word, { score }) => console.log(`${client}  ${word}  ${score.toFixed(2)}`),
    onFault: (client, fault) => console.error(`${client}: ${fault}`),
  };
}

/** How to tell Home Assistant about the service. */
function howToAdd(uri: string): string {
  const tcp = /^tcp:\/\/(.*):(\d+)$/.exec(uri);
  if (tcp === null) return '';
  const host = /^(0\.0\.0\.0|\[::\])$/.test(tcp[1]) ? ownAddress() : tcp[1];
  return `In Home Assistant: Settings > Devices & services > Add integration > Wyoming Protocol, host ${host}, port ${tcp[2]}.\n`;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('Detect words for other programs over the network; runs until you press Ctrl-C')
    .addArgument(modelArgument())
    .addOption(
      new Option('--wyoming', 'speak the Wyoming protocol, as a wake word service for Home Assistant (required)'),
    )
    .option('--uri <uri>', 'where to listen: tcp://HOST:PORT or unix://PATH', DEFAULT_URI)
    .option(
      '--port [path]',
      'let a board compute, for one client at a time (default: this computer; without a path SPIKEWORD_PORT, otherwise the port where a board answers)',
    )
    .addOption(falseAcceptsOption())
    .addOption(wordsOption())
    .option('--json', 'print one JSON object per event (default: text)')
    .action(async (path: string, { wyoming, uri, port, json = false, ...changes }: ServeOptions) => {
      if (!wyoming) throw new UsageError('serve: say which protocol: --wyoming');
      const address = parseAddress(uri);
      const notes = printedNotes(json);
      const run = async (service: ReturnType<typeof hostService>): Promise<never> => {
        const server = await serveWyoming(service, address, notes);
        const text = `Listening for ${service.words.join(', ')} on ${server.uri}; press Ctrl-C to stop.\n${howToAdd(server.uri)}`;
        if (json) console.log(JSON.stringify({ event: 'listening', uri: server.uri, words: service.words }));
        else process.stderr.write(wrapText(text));
        return server.ended.finally(() => server.close());
      };
      if (typeof port === 'string' && /^\d+$/.test(port)) {
        throw new UsageError(`serve: --port is the serial port of a board; for TCP use --uri tcp://0.0.0.0:${port}`);
      }
      if (port === undefined) return run(hostService(readModel(path), changes));
      return withBoard(boardOptions(port), async (board) => {
        const given = path === defaultModelPath() ? undefined : path;
        return run(boardService(board, await runningModel(board, given, progressBar), changes));
      });
    });
}
