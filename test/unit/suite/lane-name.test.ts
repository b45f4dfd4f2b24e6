import { describe, expect, it } from 'vitest';
import { laneName } from '../../../src/suite/lane-name.ts';

describe('laneName', () => {
  it.each([
    ['native', 'native'],
    ['emulated,cpu=max', 'emulated,cpu=max'],
    ['q10=emulated,qemu=/opt/q10', 'q10'],
    ['ssh:me@host', 'ssh:me@host'],
    ['pi=ssh:me@host', 'pi'],
    ['=x', '=x'],
  ])('of %s is %s', (spec, name) => {
    expect(laneName(spec)).toBe(name);
  });
});
