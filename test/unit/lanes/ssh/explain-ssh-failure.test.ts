// What only other machines say; the rest is provoked on real sshds in test/integration/lanes/ssh.
import { describe, expect, it } from 'vitest';
import { explainSshFailure } from '../../../../src/lanes/ssh/explain-ssh-failure.ts';

const target = { user: 'me', host: 'pi', port: 2222 };

describe('explainSshFailure', () => {
  it.each([
    ['ssh: connect to host pi port 2222: No route to host', 'SSH_UNREACHABLE'],
    ['ssh: connect to host pi port 2222: Network is unreachable', 'SSH_UNREACHABLE'],
    ['ssh: connect to host pi port 2222: Connection timed out', 'SSH_TIMEOUT'],
    ['kex_exchange_identification: Connection closed by remote host', 'SSH_CLOSED'],
    [
      'Unable to negotiate with 10.0.0.7 port 22: no matching host key type found. Their offer: ssh-rsa',
      'SSH_NO_COMMON_ALGORITHM',
    ],
    ['Received disconnect from 10.0.0.7: 2: Too many authentication failures', 'SSH_AUTH_FAILED'],
    ['Timeout, server pi not responding.', 'SSH_LOST'],
    ['/home/me/.ssh/config: line 3: Bad configuration option: foo', 'SSH_CONFIG_INVALID'],
    ['Bad owner or permissions on /home/me/.ssh/config', 'SSH_CONFIG_INVALID'],
    ['something new', 'SSH_FAILED'],
    ['', 'SSH_FAILED'],
  ])('knows "%s"', (stderr, code) => {
    const error = explainSshFailure({ target, stderr: `${stderr}\r\n` });
    expect(error.code).toBe(code);
    expect(error.message).toContain('pi');
    expect(error.advice).not.toBe('');
  });

  it('blames the jump for what it did, and the host for its own refusal', () => {
    const closed = 'Connection closed by UNKNOWN port 65535';
    expect(
      explainSshFailure({ target, stderr: `ssh: connect to host j: timed out\n${closed}\n` }).code,
    ).toBe('SSH_JUMP_FAILED');
    expect(
      explainSshFailure({
        target,
        stderr: `me@jump: Permission denied (publickey).\n${closed}\n`,
      }),
    ).toMatchObject({
      code: 'SSH_AUTH_FAILED',
      message: 'me@jump refused the login (it takes publickey).',
    });
  });
});
