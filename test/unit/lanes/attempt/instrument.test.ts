import { describe, expect, it } from 'vitest';
import { watchBinary } from '../../../../src/lanes/attempt/instrument.ts';
import { toolWords } from '../../../../src/lanes/tools/portable-tool.ts';
import {
  gdbserverInstrument,
  gdbstubInstrument,
  straceInstrument,
} from '../../../../src/lanes/tools/watchers.ts';

const SPEC = {
  argv: ['app', '--version'],
  executable: '/home/user/app-arm64',
  env: { PATH: '/usr/bin:/tmp/archparity/bin', HOME: '/tmp/archparity' },
};
const BIN = '/tmp/archparity/bin';

describe('watchBinary', () => {
  it('leaves a command alone that nothing watches', () => {
    expect(watchBinary(SPEC, undefined, BIN)).toBe(SPEC);
  });

  it('has strace find the program under its name, and gives it the PATH that it had', () => {
    const words = toolWords('strace');
    const places = { tools: '/cache/tools/strace', traces: '/lane/traces' };
    const { argv, env, executable, mounts } = watchBinary(
      SPEC,
      straceInstrument(words, places),
      BIN,
    );
    expect(executable).toBeUndefined();
    expect(argv.slice(0, 4)).toEqual([
      '/dev/archparity/tools/ld.so',
      '--library-path',
      '/dev/archparity/tools',
      '/dev/archparity/tools/strace',
    ]);
    expect(argv.slice(-4)).toEqual(['-E', `PATH=${SPEC.env.PATH}`, 'app', '--version']);
    expect(env).toEqual({ ...SPEC.env, PATH: `${BIN}:${SPEC.env.PATH}` });
    expect(mounts).toEqual([
      {
        kind: 'bind',
        source: '/cache/tools/strace',
        target: '/dev/archparity/tools',
        readonly: true,
      },
      { kind: 'bind', source: '/lane/traces', target: '/dev/archparity/trace', readonly: false },
    ]);
  });

  it('starts the program itself under a debugger’s server', () => {
    const server = gdbserverInstrument(['gdbserver'], 1234, '/cache/tools/gdbserver');
    expect(watchBinary(SPEC, server, BIN).argv).toEqual([
      ...['gdbserver', '--once', '--no-startup-with-shell', '127.0.0.1:1234'],
      ...['/home/user/app-arm64', '--version'],
    ]);
    // Its words are split at blanks otherwise.
    expect(watchBinary({ ...SPEC, argv: ['app', 'a b'] }, server, BIN).argv).toEqual([
      ...['gdbserver', '--once', '127.0.0.1:1234', '/home/user/app-arm64', 'a b'],
    ]);
    expect(watchBinary(SPEC, gdbstubInstrument('/cache/qemu', 1234), BIN).argv).toEqual([
      ...['/dev/archparity/tools/qemu', '-g', '1234', '-0', 'app'],
      ...['/home/user/app-arm64', '--version'],
    ]);
  });
});
