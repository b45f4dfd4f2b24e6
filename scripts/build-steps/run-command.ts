import { execFile } from 'node:child_process';

/**
 * Runs a command and gives its stdout.
 *
 * @throws Error with the command's own words when it fails or cannot be started.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { ...options, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${command} failed\n${stdout}${stderr}`.trimEnd(), { cause: error }));
      },
    );
  });
}
