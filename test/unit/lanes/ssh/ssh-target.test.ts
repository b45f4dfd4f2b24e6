import { describe, expect, it } from 'vitest';
import {
  formatSshTarget,
  parseSshTarget,
  targetArguments,
} from '../../../../src/lanes/ssh/ssh-target.ts';

describe('parseSshTarget', () => {
  it.each([
    ['pi', { host: 'pi' }, ['--', 'pi']],
    ['me@pi.local', { user: 'me', host: 'pi.local' }, ['-l', 'me', '--', 'pi.local']],
    ['me@10.0.0.7:2222', { user: 'me', host: '10.0.0.7', port: 2222 }, undefined],
    ['a.b@corp@pi', { user: 'a.b@corp', host: 'pi' }, undefined],
    ['me@[fe80::1%eth0]:22', { user: 'me', host: 'fe80::1%eth0', port: 22 }, undefined],
    ['[::1]', { host: '::1' }, ['--', '::1']],
  ])('reads %s', (text, target, words) => {
    expect(parseSshTarget(text)).toEqual(target);
    expect(formatSshTarget(parseSshTarget(text))).toBe(text);
    if (words !== undefined) expect(targetArguments(parseSshTarget(text))).toEqual(words);
  });

  it.each([
    ['', /is empty/],
    ['me@', /is empty/],
    ['@pi', /no user/],
    ['-oProxyCommand=x', /no host/],
    ['-l@pi', /no user/],
    ['me@-pi', /no host/],
    ['pi:0', /no port/],
    ['pi:65536', /no port/],
    ['pi:', /no port/],
    ['pi:ssh', /no port/],
    ['::1', /needs brackets: \[::1\]/],
    ['[pi]', /no host/],
    ['me@pi;reboot', /no host/],
    ['$(reboot)@pi', /no user/],
    ['pi host', /no host/],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseSshTarget(text)).toThrow(
      expect.objectContaining({
        code: 'SSH_TARGET_INVALID',
        exitCode: 2,
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});
