import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { firmwarePath } from '../../host/boards/index.js';
import { flashModel } from '../../host/core/board/index.js';
import { type BoardError, NotABoardError, PortError, PortLostError } from '../../host/core/error.js';
import { encodeModel } from '../../host/core/model/index.js';
import { Random } from '../../host/core/random.js';
import { openBoard, type PortDescription, portUsers, withBoard } from '../../host/device/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { MAIN, spikeword } from '../cli/spikeword.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { buildNative, nativeSkip } from '../native/index.js';
import { type PtyProgram, startOnPty } from './pty.js';

/** A port as the system lists it, of a board or of an adapter for anything. */
const ofBoard = (path: string): PortDescription => ({ path, manufacturer: null, vendorId: '0D28', productId: '0204' });
const ofAdapter = (path: string): PortDescription => ({ ...ofBoard(path), vendorId: '0403', productId: '6001' });

const QUICK = () => ({ waitMs: 300, tries: 4 });
/** The bytes of HELLO on the line, and the usual number of tries. */
const HELLO_BYTES = 21;
const TRIES = 5;

/** Checks that an error has this class, exit code 3 and this message. */
const says = (kind: new (...of: never[]) => PortError | BoardError, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof kind, String(error));
  assert.equal(error.exitCode, 3);
  assert.match(error.message, message);
  return true;
};

describe('faults of the port', { skip: nativeSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-port-'));
  const running: PtyProgram[] = [];
  let executable = '';

  const start = async (command: readonly string[]): Promise<PtyProgram> => {
    const program = await startOnPty(command, { SPIKEWORD_FLASH: join(folder, `flash-${running.length}`) });
    running.push(program);
    return program;
  };
  const startBoard = () => start([executable]);
  /** Checks that the board at a port answers, so that earlier errors left nothing behind. */
  const answers = (port: string) => withBoard({ port }, async ({ hello }) => assert.equal(hello.board, 'posix'));
  /** The firmware with a line of one of its files changed. */
  const altered = (path: string, from: string, to: string): Promise<string> => {
    const text = readFileSync(firmwarePath(path), 'utf8');
    assert.ok(text.includes(from), `${path}: ${from}`);
    return buildNative({ patches: { [path]: text.replace(from, to) } });
  };

  /** Returns the error of `spikeword info` for a port without a usable board. Does not block other ports. */
  const refusal = async (port: string): Promise<string> => {
    const asked = promisify(execFile)(process.execPath, [MAIN, 'info', '--port', port]);
    const { code, stdout, stderr } = await asked.then(
      () => assert.fail('it succeeds'),
      (error) => error as { code: number; stdout: string; stderr: string },
    );
    assert.deepEqual([code, stdout], [3, '']);
    return stderr;
  };
  /** A port with another program, which a board replaces later. */
  const boardBehind = (before: string) => start(['sh', '-c', `${before}; exec ${executable}`]);

  before(async () => {
    executable = await buildNative();
  });
  after(async () => {
    await Promise.all(running.map((program) => program.unplug()));
    rmSync(folder, { recursive: true });
  });

  test('names a port that does not exist, and says how to list the ports', async () => {
    await assert.rejects(openBoard({ port: '/dev/no-such-port' }), says(PortError, /no such port; `spikeword ports`/));
    const { code, stderr } = spikeword('info', '--port', '/dev/no-such-port');
    assert.equal(code, 3);
    assert.match(stderr, /^PortError: \/dev\/no-such-port: .*\n$/);
  });

  test('refuses a file as a port', async () => {
    await assert.rejects(openBoard({ port: packagePath('package.json') }), says(PortError, /not a serial port/));
  });

  test('says what to do if no port is listed or none answers', async () => {
    const { SPIKEWORD_PORT: before } = process.env;
    process.env.SPIKEWORD_PORT = '';
    try {
      await assert.rejects(openBoard({ list: async () => [] }), says(PortError, /plug a board in, or name .*--port/));
      const { port } = await start(['sleep', '1000']);
      await assert.rejects(
        openBoard({ list: async () => [ofBoard(port)] }),
        says(PortError, new RegExp(`no board answers; .*\n {2}${port}: nothing answers`, 's')),
      );
    } finally {
      if (before === undefined) delete process.env.SPIKEWORD_PORT;
      else process.env.SPIKEWORD_PORT = before;
    }
  });

  test('finds the only board among other ports, and names both if there are two', async () => {
    const boards = [await startBoard(), await startBoard()];
    const silent = await start(['sleep', '1000']);
    const list = (...programs: PtyProgram[]) => ({ list: async () => programs.map(({ port }) => ofBoard(port)) });
    await withBoard(list(silent, boards[1]), async ({ port }) => assert.equal(port, boards[1].port));
    const names = new RegExp(`${boards[0].port} \\(posix\\), ${boards[1].port} \\(posix\\); choose one with --port`);
    await assert.rejects(openBoard(list(...boards)), says(PortError, names));
    await withBoard(list(boards[0]), async ({ port }) => assert.equal(port, boards[0].port));
  });

  test('a search writes nothing to a port that does not look like a board, until the port has been named', async () => {
    const { SPIKEWORD_CACHE: before } = process.env;
    process.env.SPIKEWORD_CACHE = join(folder, 'cache');
    try {
      const received = join(folder, 'received');
      const machine = await start(['sh', '-c', `cat > ${received}`]);
      while (!existsSync(received)) await new Promise((next) => setTimeout(next, 20));
      const adapters = async () => [ofAdapter(machine.port)];
      const refusal = /no serial port looks like a board, so nothing was written to any: name one with --port/;
      await assert.rejects(openBoard({ list: adapters }), says(PortError, refusal));
      const board = await startBoard();
      const list = async () => [ofAdapter(board.port), ofAdapter(machine.port)];
      await assert.rejects(openBoard({ list }), says(PortError, refusal));
      await withBoard({ port: board.port, list }, async () => {});
      await withBoard({ list }, async ({ port }) => assert.equal(port, board.port));
      // cat writes at once what it receives; the board has had time to answer twice
      assert.equal(readFileSync(received, 'utf8'), '');
      // and the machine would have received it
      await assert.rejects(openBoard({ port: machine.port, list, patience: QUICK }), NotABoardError);
      assert.notEqual(readFileSync(received, 'utf8'), '');
    } finally {
      if (before === undefined) delete process.env.SPIKEWORD_CACHE;
      else process.env.SPIKEWORD_CACHE = before;
    }
  });

  test('programs of the system that may hold a port are named if they run', () => {
    const processes = join(folder, 'proc');
    for (const [pid, name] of Object.entries({ 1: 'init', 70: 'ModemManager', 9: 'brltty', self: 'node' })) {
      mkdirSync(join(processes, pid), { recursive: true });
      writeFileSync(join(processes, pid, 'comm'), `${name}\n`);
    }
    assert.deepEqual(
      portUsers(processes).map((text) => text.split(' ')[0]),
      ['ModemManager', 'brltty'],
    );
    assert.deepEqual(portUsers(join(folder, 'nothing')), []);
  });

  test('SPIKEWORD_PORT names the board', async () => {
    const { port } = await startBoard();
    const { status, stdout } = spawnSync(
      process.execPath,
      [packagePath('dist/host/cli/main.js'), 'info', '--port', '--json'],
      { env: { ...process.env, SPIKEWORD_PORT: port }, encoding: 'utf8' },
    );
    assert.equal(status, 0);
    assert.equal(JSON.parse(stdout).port, port);
  });

  test('refuses a port that another spikeword has open, until it is closed', async () => {
    const { port } = await startBoard();
    const first = await openBoard({ port });
    await assert.rejects(openBoard({ port }), says(PortError, /another program has it open/));
    const { code, stderr } = spikeword('info', '--port', port);
    assert.equal(code, 3);
    assert.match(stderr, /another program has it open/);
    // the first one still works
    assert.equal((await first.client.hello()).board, 'posix');
    await first.client.close();
    await answers(port);
  });

  test('names the group that gives permission to open a port', async () => {
    const { port } = await startBoard();
    chmodSync(port, 0o000);
    const script = `
      await import('serialport');
      const { openBoard } = await import(${JSON.stringify(packagePath('dist/host/device/index.js'))});
      if (process.getuid() === 0) process.setuid(65534);
      await openBoard({ port: ${JSON.stringify(port)} }).catch((error) => {
        process.stdout.write(error.message);
        process.exit(error.exitCode);
      });`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: packagePath('.'),
      encoding: 'utf8',
    });
    assert.match(stdout, /no permission to open it; add yourself to .* dialout/);
    assert.equal(status, 3);
    chmodSync(port, 0o600);
    await answers(port);
  });

  test('refuses a port that does not answer', async () => {
    const { port } = await start(['sleep', '1000']);
    await assert.rejects(openBoard({ port, patience: QUICK }), says(NotABoardError, /nothing answers; .*switched on/));
    await assert.rejects(openBoard({ port, patience: QUICK }), says(NotABoardError, /nothing answers/));
  });

  test('refuses a port that talks or echoes without answering', async () => {
    for (const command of [['cat'], ['yes', 'login:']]) {
      const { port } = await start(command);
      await assert.rejects(
        openBoard({ port, patience: QUICK }),
        says(NotABoardError, /not a spikeword board: \d+ bytes came, but no answer/),
      );
    }
  });

  test('the command says what is at the port, ends with exit code 3, and works once a board is there', async () => {
    const version = await altered('protocol/generated.h', '#define PROTOCOL_VERSION 1', '#define PROTOCOL_VERSION 7');
    const abi = await altered('application/about.c', 'kernel_abi_version()', '9');
    const cases: [string, RegExp][] = [
      [
        `head -c ${TRIES * HELLO_BYTES + 1} >/dev/null`,
        /^NotABoardError: \S+: nothing answers; is the board switched on, .*\n$/,
      ],
      [
        `dd bs=1 count=${TRIES * HELLO_BYTES + 1} 2>/dev/null`,
        /^NotABoardError: \S+: this is not a spikeword board: \d+ bytes came.*\n$/,
      ],
      [
        `head -c ${HELLO_BYTES} | ${version}`,
        /^BoardError: \S+: the board speaks protocol version 7, but this .* 1; use .*\n$/,
      ],
      [
        `head -c ${HELLO_BYTES} | ${abi}`,
        /^BoardError: \S+: the board's kernel has ABI version 9, but this .* 2; use .*\n$/,
      ],
    ];
    const asked = cases.map(async ([before, message]) => {
      const { port } = await boardBehind(before);
      assert.match(await refusal(port), message);
      await answers(port);
    });
    await Promise.all(asked);
  });

  test('ignores garbage while the board starts', async () => {
    const random = new Random(1, 2);
    const garbage = join(folder, 'garbage');
    writeFileSync(
      garbage,
      Uint8Array.from({ length: 6000 }, () => random.below(256)),
    );
    // silent until it gets a byte, because opening the port discards earlier garbage
    const boot = `dd bs=1 count=1 of=/dev/null 2>/dev/null; cat ${garbage}; exec ${executable}`;
    await answers((await start(['sh', '-c', boot])).port);
  });

  test('delivers bytes when they arrive, not with the next timer', async () => {
    const { port } = await start(['sh', '-c', 'while sleep 0.05; do echo; done']);
    const script = `
      const { openSerialStream } = await import(${JSON.stringify(packagePath('dist/host/device/serial-stream.js'))});
      const line = await openSerialStream(${JSON.stringify(port)});
      let deliveries = 0;
      setTimeout(() => process.exit(1), 10_000);
      line.onBytes = () => ++deliveries === 10 && process.exit(0);`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  test('fails a transfer if the board is unplugged, and works at the next try', async () => {
    const model = encodeModel(randomQuantizedNetwork(11, { dimensions: 1 }));
    const flash = join(folder, 'unplugged');
    const board = await startOnPty([executable], { SPIKEWORD_FLASH: flash });
    running.push(board);
    let unplugged: Promise<void> | undefined;
    const stage = (label: string) => ({
      update: () => {
        if (label === 'writing') unplugged ??= board.unplug();
      },
      stop: () => {},
    });
    await assert.rejects(
      withBoard({ port: board.port }, (opened) => flashModel(opened, model, stage)),
      says(PortLostError, /the connection is gone .*plug it in and try again/),
    );
    await unplugged;
    const again = await startOnPty([executable], { SPIKEWORD_FLASH: flash });
    running.push(again);
    const { action } = await withBoard({ port: again.port }, (opened) => flashModel(opened, model));
    assert.equal(action, 'written');
  });
});
