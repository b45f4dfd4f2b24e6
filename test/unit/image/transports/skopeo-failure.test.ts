import { describe, expect, it } from 'vitest';
import { explainSkopeoFailure } from '../../../../src/image/transports/skopeo-failure.ts';

const explain = (message: string) => {
  const stderr = `time="2026-01-01T00:00:00Z" level=fatal msg="${message}"\n`;
  const error = explainSkopeoFailure(stderr, { text: 'docker://h:1/a:1', host: 'h:1' });
  return { code: error.code, message: error.message, advice: error.advice ?? '' };
};

describe('explainSkopeoFailure', () => {
  it.each([
    [
      'Get \\"https://h:1/v2/\\": x509: certificate signed by unknown authority',
      'IMAGE_TLS_UNTRUSTED',
    ],
    ['http: server gave HTTP response to HTTPS client', 'IMAGE_TLS_MISSING'],
    ['reading manifest 1 in h:1/a: unauthorized: authentication required', 'IMAGE_AUTH_REFUSED'],
    [
      'unable to retrieve auth token: invalid username/password: unauthorized',
      'IMAGE_AUTH_REFUSED',
    ],
    ['requested access to the resource is denied', 'IMAGE_AUTH_REFUSED'],
    ['toomanyrequests: You have reached your pull rate limit', 'IMAGE_RATE_LIMITED'],
    ['reading manifest 1 in h:1/a: manifest unknown: manifest unknown', 'IMAGE_NOT_FOUND'],
    ['reading manifest 1 in h:1/a: name unknown', 'IMAGE_NOT_FOUND'],
    ['dial tcp 127.0.0.1:1: connect: connection refused', 'IMAGE_UNREACHABLE'],
    ['dial tcp: lookup h: no such host', 'IMAGE_UNREACHABLE'],
    ['something new', 'IMAGE_UNREACHABLE'],
  ])('tells %s', (message, code) => {
    expect(explain(message).code).toBe(code);
  });

  it('says the reason once, and what to do', () => {
    const { message, advice } = explain(
      'Error parsing image name \\"docker://h:1/a:1\\": pinging container registry h:1: x509: bad',
    );
    expect(message).toBe(
      'docker://h:1/a:1: the certificate of the registry is not trusted (pinging container registry h:1: x509: bad).',
    );
    expect(advice).toContain('/etc/containers/certs.d/h:1/ca.crt');
  });
});
