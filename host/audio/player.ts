import { spawn } from 'node:child_process';
import { isInstalled } from './capture/recorders.js';

/** The programs that can play a WAV file, in the order in which they are tried, and their arguments before the file. */
const PLAYERS: readonly (readonly [name: string, ...args: string[]])[] = [
  ['pw-play'],
  ['paplay'],
  ['aplay', '-q'],
  ['afplay'],
  ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'error'],
  ['play', '-q'],
];

export const NO_PLAYER = `no program to play sound is installed: install one of ${PLAYERS.map(([name]) => name).join(', ')}`;

/** Plays one recording at a time, with the first installed program that works. */
export class Player {
  private programs = PLAYERS.filter(([name]) => isInstalled(name));
  private stopped: () => void = () => {};

  /** @param onFault called with a sentence when a program fails; the next one is then tried */
  constructor(private readonly onFault: (text: string) => void) {
    if (this.programs.length === 0) onFault(NO_PLAYER);
  }

  /** Starts to play a WAV file, instead of the one that is playing. */
  play(file: string): void {
    this.stop();
    const [program] = this.programs;
    if (program === undefined) return;
    const [name, ...args] = program;
    const child = spawn(name, [...args, file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1000);
    });
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    let isOver = false;
    const end = (fault: string | null): void => {
      process.off('exit', kill);
      if (isOver) return;
      isOver = true;
      if (fault !== null) this.fail(name, fault, file);
    };
    child.once('error', ({ message }) => end(`cannot be started: ${message}`));
    child.once('close', (code) => {
      const last = said.trim().split('\n').at(-1);
      end(code === 0 ? null : last || `ended with code ${code}`);
    });
    this.stopped = () => {
      isOver = true;
      child.kill();
    };
  }

  /** Ends the sound that is playing. */
  stop(): void {
    this.stopped();
    this.stopped = () => {};
  }

  private fail(name: string, fault: string, file: string): void {
    this.programs = this.programs.filter(([other]) => other !== name);
    const [next] = this.programs;
    this.onFault(`${name}: ${fault}; ${next === undefined ? 'nothing is played' : `trying ${next[0]}`}`);
    this.play(file);
  }
}
