import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import {
  CALLERS,
  image,
  makeDirectory,
  makeSubdirectory,
  program,
  runCli,
  waitFor,
} from './cli.ts';
import { startInTerminal, type TerminalRun } from './terminal.ts';

async function shows(run: TerminalRun, text: string): Promise<void> {
  await waitFor(`"${text}" on the terminal`, () => run.screen().includes(text)).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}; it shows ${JSON.stringify(run.screen())}`);
    },
  );
}

const SUBJECTS = [
  ['a program', (): string[] => [program('winsize')]],
  ['a program of this machine', (): string[] => [program('winsize', 'amd64')]],
] as const;

describe.each(CALLERS)('archparity run with a terminal, as $name', (caller) => {
  it.each(SUBJECTS)('gives %s a terminal of the right size with -t', async (_name, subject) => {
    // stty sets rows and columns one after the other, so a change may show in two steps.
    const run = startInTerminal(caller, ['run', '-t', ...subject(), '9']);
    await shows(run, 'size 77x33');
    expect(run.screen()).toContain('tty 1 1 1');
    await run.resize(40, 100);
    await shows(run, 'size 100x40');
    await run.resize(20, 50);
    await shows(run, 'size 50x20');
    run.type('\x03');
    expect(await run.code).toBe(130);
  });

  it('gives the size that the terminal has when the program starts, not when we did', async () => {
    const place = makeDirectory(caller);
    const umoci = process.env['PATH']
      ?.split(':')
      .map((directory) => join(directory, 'umoci'))
      .find((file) => existsSync(file));
    // Unpacking takes a while: the window changes meanwhile.
    const slow = `#!/bin/sh\n: > ${place}/unpacking\nsleep 2\nexec ${umoci ?? 'umoci'} "$@"\n`;
    writeFileSync(join(place, 'umoci'), slow, { mode: 0o755 });
    const layout = createLayout(join(place, 'image'));
    const content = readFileSync(program('winsize', 'amd64'));
    const config = { Entrypoint: ['/winsize', '9'] };
    const layers = [[{ name: 'winsize', content, mode: 0o755 }]];
    layout.writeIndex(['v1', layout.addImage({ platform: 'linux/amd64', config, layers })]);
    const run = startInTerminal(caller, ['run', '-t', '--lane', 'native', `oci:${layout.dir}:v1`], {
      PATH: `${place}:${process.env['PATH'] ?? ''}`,
      ARCHPARITY_CACHE: makeSubdirectory(caller, place, 'cache'),
    });
    await waitFor('the image to be unpacked', () => existsSync(join(place, 'unpacking')));
    await run.resize(40, 100);
    await shows(run, 'size 100x40');
    run.type('\x03');
    expect(await run.code).toBe(130);
  });

  it('gives no terminal without -t, also when it has one itself', async () => {
    const run = startInTerminal(caller, ['run', program('winsize')]);
    expect(await run.code).toBe(0);
    expect(run.screen()).toContain('tty 0 0 0\r\n');
  });

  it('refuses -t without a terminal', async () => {
    const result = await runCli(caller, ['run', '-t', program('winsize')]);
    expect(result).toMatchObject({ code: 125, stdout: '' });
    expect(result.stderr).toContain('terminal');
  });

  it('is a shell in an image that one can work in', async () => {
    const run = startInTerminal(caller, [
      'run',
      '-t',
      image('debian-tools'),
      'bash',
      '--norc',
      '-i',
    ]);
    run.type('stty size; tty; echo $TERM; echo $((6*7))\r');
    await shows(run, '\n42');
    expect(run.screen()).toMatch(/33 77\r\n\/dev\/(?:pts\/\d+|console)\r\nxterm\r\n42/);
    // Ctrl-C ends the foreground program, not the shell.
    run.type('sleep 1000\r');
    await new Promise((wake) => setTimeout(wake, 1500));
    run.type('\x03');
    run.type('echo status=$?; exit 9\r');
    expect(await run.code).toBe(9);
    expect(run.screen()).toContain('status=130');
  });

  it('ends a program by Ctrl-C on its terminal', async () => {
    const own = startInTerminal(caller, ['run', '-t', program('winsize'), '1']);
    await shows(own, 'size 77x33');
    own.type('\x03');
    expect(await own.code).toBe(130);
    const ours = startInTerminal(caller, ['run', program('catch-term')]);
    await shows(ours, 'ready');
    ours.type('\x03');
    expect(await ours.code).toBe(130);
  });

  it('echoes what is typed once, and ends input with Ctrl-D', async () => {
    const run = startInTerminal(caller, ['run', '-t', program('echo-stdin')]);
    await new Promise((wake) => setTimeout(wake, 1500));
    run.type('hello\r');
    await shows(run, 'hello\r\nhello\r\n');
    run.type('\x04');
    expect(await run.code).toBe(0);
    expect(run.screen().match(/hello/g)).toHaveLength(2);
  });

  it('leaves the terminal as it was, however the program ends', async () => {
    for (const [words, code] of [
      [[program('abort')], 134],
      [['--lane', 'emulated,qemu=/nonexistent', program('hello')], 125],
      [[image('debian-tools'), 'sh', '-c', 'stty raw -echo; exit 3'], 3],
    ] as const) {
      const run = startInTerminal(caller, ['run', '-t', ...words]);
      expect(await run.code).toBe(code);
      expect(run.screen()).not.toContain('the terminal is not as it was');
    }
  });
});
