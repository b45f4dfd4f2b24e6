import { startProcess } from '../process/index.ts';

/**
 * Switches off what the kernel does to the output of a terminal. Node's raw mode leaves ONLCR on
 * (libuv, `uv_tty_set_mode`), and the guest's own terminal has made `\r\n` of every `\n` already: a
 * full-screen program that asked for none of it would move to the wrong column. Node's leaving of the
 * raw mode puts this back, too. Without stty(1) the terminal stays as Node makes it.
 */
export async function disableOutputProcessing(terminalFd: number): Promise<void> {
  try {
    // The descriptor is the child's fd 3; /dev/tty need not be the same terminal.
    const stty = await startProcess('stty', ['-F', '/proc/self/fd/3', '-opost'], {
      inheritFds: [terminalFd],
      stderr: 'ignore',
    });
    stty.stdin.end();
    stty.stdout.resume();
    await stty.exited;
  } catch {
    // Only the look suffers.
  }
}
