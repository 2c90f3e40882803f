import { spawn } from 'node:child_process';
import { ToolError } from '../system/index.js';

/** The programs that boards need, and the Debian package of each. */
const PACKAGES = {
  wasm2c: 'wabt',
  gcc: 'gcc',
  wat2wasm: 'wabt',
  'arm-none-eabi-gcc': 'gcc-arm-none-eabi',
  'arm-none-eabi-objcopy': 'binutils-arm-none-eabi',
  'arm-none-eabi-size': 'binutils-arm-none-eabi',
  'arm-none-eabi-nm': 'binutils-arm-none-eabi',
  'riscv64-unknown-elf-gcc': 'gcc-riscv64-unknown-elf',
  'riscv64-unknown-elf-objcopy': 'binutils-riscv64-unknown-elf',
  'riscv64-unknown-elf-size': 'binutils-riscv64-unknown-elf',
  'riscv64-unknown-elf-nm': 'binutils-riscv64-unknown-elf',
  'qemu-system-arm': 'qemu-system-arm',
  'qemu-system-riscv32': 'qemu-system-misc',
  socat: 'socat',
  'dfu-util': 'dfu-util',
  stm32flash: 'stm32flash',
} as const;

export type Tool = keyof typeof PACKAGES;

/** The exit code and output of a program that has ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only needed for real hardware: `npm run setup:boards` does not install these. */
const OF_HARDWARE: readonly Tool[] = ['dfu-util', 'stm32flash'];

/** Returns the error for a program that is not installed. */
export function toolMissing(tool: Tool): ToolError {
  const install = `apt-get install ${PACKAGES[tool]}`;
  const how = OF_HARDWARE.includes(tool)
    ? `install it (Debian and Ubuntu: ${install}; macOS: brew install ${tool})`
    : `install it with npm run setup:boards (Debian and Ubuntu: ${install})`;
  return new ToolError(`${tool}: not found; ${how}`);
}

/**
 * Runs a program to its end, whatever its exit code. With `inherit` its output goes to this process's stderr.
 * Throws `ToolError` if it is not installed.
 */
export function runTool(tool: Tool, args: readonly string[], inherit = false): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: ['ignore', inherit ? 2 : 'pipe', inherit ? 2 : 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? toolMissing(tool) : new ToolError(`${tool}: ${cause.message}`, { cause }));
    });
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Returns those of `tools` that are not installed. */
export async function missingTools(tools: readonly Tool[]): Promise<Tool[]> {
  const missing: Tool[] = [];
  for (const tool of tools) {
    try {
      await runTool(tool, [tool === 'socat' ? '-V' : '--version']);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      missing.push(tool);
    }
  }
  return missing;
}
