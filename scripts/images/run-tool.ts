import { spawn } from 'node:child_process';

/** What a missing tool is a part of, on Debian. */
const PACKAGES: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'apt-config': 'apt',
  'dpkg-deb': 'dpkg',
};

/**
 * Runs a program to its end and gives its stdout.
 * @throws Error with the end of its output when it cannot be started or fails
 */
export function runTool(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', ...env },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (cause) => {
      const hint = PACKAGES[file] === undefined ? '' : ` (Debian package ${PACKAGES[file]})`;
      reject(new Error(`cannot run ${file}${hint}`, { cause }));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out));
      const tail = Buffer.concat(err).toString().trim().split('\n').slice(-8).join('\n');
      reject(
        new Error(`${[file, ...args].join(' ')}: ${signal ?? `exit ${code ?? '?'}`}\n${tail}`),
      );
    });
  });
}
