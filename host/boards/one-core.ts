import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Returns the cores in a list as Linux writes it, such as `0-3,8`; none for an empty list. */
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
    // not Linux, so there is no taskset either
    return [];
  }
}

let started = 0;

/**
 * Returns the command that keeps a program and its threads on one core, the next core on each call. Returns just the
 * program if the system has no `taskset` or refuses it. QEMU passes every byte of a serial line from one of its threads
 * to another. Between two sleeping cores that takes several times as long as on one core.
 */
export function onOneCore(program: string): string[] {
  const cores = allowedCores();
  if (cores.length === 0) return [program];
  const pinned = ['taskset', '-c', `${cores[(process.pid + started++) % cores.length]}`];
  const { status } = spawnSync(pinned[0], [...pinned.slice(1), 'true'], { stdio: 'ignore' });
  return status === 0 ? [...pinned, program] : [program];
}
