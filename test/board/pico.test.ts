import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { applicationSources, buildFirmware, type Firmware, findBoard, firmwarePath } from '../../host/boards/index.js';
import { Rp2040Machine } from '../../host/boards/rp2040/machine.js';
import { flashModel, runningSlot } from '../../host/core/board/index.js';
import type { Detection } from '../../host/core/detection/index.js';
import { RefusedError } from '../../host/core/error.js';
import { BoardClient, decodeDetected, EVENT } from '../../host/core/protocol/index.js';
import { Random } from '../../host/core/random.js';
import { skipWithout } from '../firmware/skip.js';
import { detectedByHost, detectingModel, speech } from './alone.js';
import { faultyLine } from './faulty-line.js';
import { type PicoMachine, startPico, stopPicos } from './pico-machine.js';

const MB = 1024 * 1024;
const SECOND = 125_000_000;
const model = detectingModel();
const another = detectingModel('same', 21);
const board = findBoard('pico');

async function install({ client }: Pick<PicoMachine, 'client'>, which = model): Promise<void> {
  await flashModel({ client, hello: await client.hello(), port: 'pico' }, which);
}

/** A flash with this firmware and models. */
function flashOf(firmware: Firmware, area?: Uint8Array): Uint8Array {
  const content = new Uint8Array(2 * MB).fill(0xff);
  content.set(readFileSync(firmware.bin));
  if (area !== undefined) content.set(area, MB);
  return content;
}

/** The area with the model, as an update writes it. */
async function areaWithModel(firmware: Firmware): Promise<Uint8Array> {
  const pico = await startPico(firmware);
  await install(pico);
  pico.stop();
  return pico.area.slice();
}

/** Builds the firmware of a Pico with a text of one of its files replaced. */
async function changed(file: string, from: string | RegExp, to: string): Promise<Firmware> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-pico-'));
  try {
    cpSync(firmwarePath('boards'), join(folder, 'boards'), { recursive: true });
    cpSync(firmwarePath('hal'), join(folder, 'hal'), { recursive: true });
    for (const name of ['generated.h', 'protocol', 'runtime']) {
      cpSync(firmwarePath(name), join(folder, name), { recursive: true });
    }
    const path = join(folder, 'boards/rp2040', file);
    const text = readFileSync(path, 'utf8');
    const replaced = text.replace(from, to);
    assert.notEqual(replaced, text, `${file} has no ${from}`);
    writeFileSync(path, replaced);
    const sources = board.sources.filter((source) => source !== `rp2040/${file}`);
    return await buildFirmware({ ...board, sources }, { application: [...applicationSources(), path] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('an emulated Pico', { skip: await skipWithout('wasm2c', 'arm-none-eabi-gcc') }, () => {
  afterEach(stopPicos);

  it('appears on USB as a serial port with a name', async () => {
    const { machine, client, stop } = await startPico(await buildFirmware(board));
    assert.deepEqual(machine.description, {
      vendorId: 0x2e8a,
      productId: 0x000a,
      strings: ['spikeword', 'spikeword pico'],
    });
    assert.equal((await client.hello()).board, 'pico');
    stop();
  });

  it('never gives a wrong answer over a line that loses, doubles, delays and damages frames', async () => {
    const pico = await startPico(await buildFirmware(board));
    await install(pico);
    const line = faultyLine(pico.stream, { seed: 5, rate: 0.3, delayMs: 20 });
    const client = new BoardClient(line, () => ({ waitMs: 30, tries: 200 }));
    await client.hello();
    const random = new Random(5);
    for (let message = 0; message < 150; message++) {
      const length = 1 + random.below(900);
      const got = await client.readSlot(0, length);
      assert.deepEqual(Buffer.from(got), Buffer.from(model.subarray(0, length)));
    }
    assert.ok(line.injected() > 40, `${line.injected()} faults`);
    pico.stop();
  });

  it('does not start a damaged second stage of booting', async () => {
    const content = flashOf(await buildFirmware(board));
    content[100] ^= 1;
    const flash = { content, changed: () => {} };
    assert.throws(() => new Rp2040Machine({ flash, onBytes: () => {} }), /wrong CRC/);
  });

  it('hears every sample of its I2S microphone, and detects alone exactly what the host does', async () => {
    const firmware = await buildFirmware(board);
    const samples = await speech(4);
    const expected = detectedByHost(model, samples);
    assert.ok(expected.length > 2, `${expected.length} detections`);
    const detections: Detection[] = [];
    let at = 0;
    let [lit, dark] = [0, 0];
    const { client, stop } = await startPico(firmware, {
      area: await areaWithModel(firmware),
      sample: () => samples[at++] ?? 0,
      onEvent: ({ kind, body }) => {
        if (kind === EVENT.detected) detections.push(decodeDetected(body));
      },
      watch: ({ ledLit }) => {
        if (ledLit) lit++;
        else dark++;
        return true;
      },
    });
    while (at < samples.length) await turn();
    const { heard, lost } = await client.listen('ask');
    stop();
    assert.ok(heard >= samples.length - 640, `${heard} samples`);
    assert.equal(lost, 0);
    assert.deepEqual(
      detections.filter(({ sample }) => sample <= samples.length),
      expected,
    );
    // slices of 0.2 ms; half a second for each detection, less where one follows soon
    assert.ok(lit > 1000 && lit <= expected.length * 2600 && dark > 1000, `the LED was lit ${lit} times, dark ${dark}`);
  });

  it('answers while flash is erased and programmed, and listens again afterwards', async () => {
    const firmware = await buildFirmware(board);
    let at = 0;
    const pico = await startPico(firmware, {
      area: await areaWithModel(firmware),
      sample: () => (at++ * 7919) % 5000,
    });
    const { nonce } = await pico.client.hello();
    const before = await pico.client.listen('ask');
    assert.ok(before.listening);
    await install(pico, another);
    assert.equal((await pico.client.hello()).nonce, nonce, 'it did not restart');
    const heard = async (): Promise<number> => (await pico.client.listen('ask')).heard;
    const then = await heard();
    while ((await heard()) < then + 1600) await turn();
    pico.stop();
  });

  it('loses sound if an inference takes too long, and says how much', async () => {
    const firmware = await buildFirmware(board);
    const slow = await changed(
      'microphone.c',
      'if (!microphone_ring_take(samples, count)) return false;',
      'if (!microphone_ring_take(samples, count)) return false;\n  for (volatile uint32_t k = 0; k < 1000000; k++) continue;',
    );
    let at = 0;
    const { client, stop } = await startPico(slow, {
      area: await areaWithModel(firmware),
      sample: () => (at++ * 7919) % 5000,
    });
    while (at < 16_000) await turn();
    const { lost } = await client.listen('ask');
    stop();
    assert.ok(lost > 1000, `${lost} samples lost`);
  });

  it('cannot read flash unless it is made readable again after a change', async () => {
    const broken = await changed('flash.c', '((rom_action)((uintptr_t)boot2 + 1))();', '');
    const { client, stop } = await startPico(broken);
    await assert.rejects(install({ client }), (error) => error instanceof RefusedError && /flash/.test(error.message));
    stop();
  });

  it('is restarted by its watchdog if it hangs', async () => {
    const hanging = await changed('usb.c', 'watchdog_feed(); /* the', '/* the');
    let opened = 0;
    const machine = new Rp2040Machine({
      flash: { content: flashOf(hanging), changed: () => {} },
      onBytes: () => {},
      onOpen: () => {
        opened++;
      },
    });
    machine.run(9 * SECOND);
    assert.equal(opened, 2);
    const healthy = new Rp2040Machine({
      flash: { content: flashOf(await buildFirmware(board)), changed: () => {} },
      onBytes: () => {},
      onOpen: () => {
        opened++;
      },
    });
    healthy.run(30 * SECOND);
    assert.equal(opened, 3);
  });

  it('survives a power cut in the middle of an erase', async () => {
    const firmware = await buildFirmware(board);
    const area = await areaWithModel(firmware);
    let looks = 0;
    const pico = await startPico(firmware, {
      area,
      watch: (machine) => {
        if (!machine.changesFlash || ++looks < 40) return true;
        machine.cutPower();
        return false;
      },
    });
    const update = assert.rejects(install(pico, another), /switched off/);
    while (looks < 40) await turn();
    await update;
    assert.notDeepEqual(pico.area, area);
    const again = await startPico(firmware, { area: pico.area.slice() });
    const hello = await again.client.hello();
    const running = runningSlot(hello);
    assert.equal(running?.length, model.length, 'the model from before runs');
    await install(again, another);
    again.stop();
  });
});
