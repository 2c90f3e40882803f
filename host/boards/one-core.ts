import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The cores that this process may use, as Linux lists them: `0-3,8`; none where nobody says. */
export function coresIn(list: string): number[] {
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, from, to = from]) => {
    const first = Number(from);
    return Array.from({ length: Number(to) - first + 1 }, (_, k) => first + k);
  });
}

function allowedCores(): number[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return coresIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
  } catch {
    // no Linux: there is no taskset either
    return [];
  }
}

let started = 0;

/**
 * The command that keeps a program and its threads on one core, every time on the next; the program itself where the
 * system has no `taskset` or refuses it. QEMU hands every byte of a serial line from one of its threads to another, and
 * between two cores that have gone to sleep that takes several times as long as on one.
 */
export function onOneCore(program: string): string[] {
  const cores = allowedCores();
  if (cores.length === 0) return [program];
  const pinned = ['taskset', '-c', `${cores[(process.pid + started++) % cores.length]}`];
  const { status } = spawnSync(pinned[0], [...pinned.slice(1), 'true'], { stdio: 'ignore' });
  return status === 0 ? [...pinned, program] : [program];
}
