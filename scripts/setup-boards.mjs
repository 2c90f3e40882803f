// Installs the tools that build, emulate and test boards on Debian and Ubuntu; elsewhere lists what to install.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const packages = [
  'wabt',
  'gcc-arm-none-eabi',
  'libnewlib-arm-none-eabi',
  'gcc-riscv64-unknown-elf',
  'picolibc-riscv64-unknown-elf',
  'qemu-system-arm',
  'qemu-system-misc',
  'socat',
  'gcc',
  'libc6-dev',
];

/** Whether the system is Debian, Ubuntu or a derivative, and has apt. */
function hasApt() {
  if (spawnSync('apt-get', ['--version']).error) return false;
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

function run(command) {
  const words = process.getuid() === 0 ? command : ['sudo', ...command];
  console.error(words.join(' '));
  const { status, error } = spawnSync(words[0], words.slice(1), { stdio: 'inherit' });
  if (error?.code === 'ENOENT') console.error(`${words[0]}: not found; run this script as root`);
  else if (error) console.error(error.message);
  if (status !== 0) process.exit(1);
}

const missing = (name) =>
  !/^Status: install ok installed$/m.test(
    spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).stdout ?? '',
  );

if (hasApt()) {
  const wanted = packages.filter(missing);
  if (wanted.length > 0) {
    run(['apt-get', 'update', '-q']);
    run([
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      'install',
      '-q',
      '-y',
      '--no-install-recommends',
      ...wanted,
    ]);
  }
  console.error('All tools for boards are installed.');
} else {
  console.log(`This script installs packages with apt on Debian and Ubuntu. On other systems, install:
  wabt 1.0.32                        wasm2c; the build may refuse the C of another version
  arm-none-eabi-gcc, newlib          the Cortex-M boards
  riscv64-unknown-elf-gcc, picolibc  the RISC-V board; needs multilib for rv32im/ilp32
  QEMU 7.2 or newer                  qemu-system-arm, qemu-system-riscv32
  gcc                                tests that run the firmware on this computer
To install the firmware on hardware, also install dfu-util or stm32flash. The packages on Debian are:
  ${packages.join(' ')}`);
  process.exitCode = 1;
}
