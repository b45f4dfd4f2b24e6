import { describe, expect, it } from 'vitest';
import { AgentRequestError } from '../../../../src/agent/index.ts';
import { explainConnection } from '../../../../src/run/service/explain-connection.ts';

describe('explainConnection', () => {
  it.each([
    [
      new AgentRequestError({ errno: 'ECONNREFUSED', step: 'connect to port 80' }),
      'connection refused (port 80)',
    ],
    [
      new AgentRequestError({ errno: 'ESRCH', step: 'start inside spawn 17' }),
      'the service had ended',
    ],
    [new AgentRequestError({ errno: 'ENOMEM', step: 'fork' }), 'fork: ENOMEM'],
    [
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
      'connection reset by the service',
    ],
    [new Error('Parse Error: Expected HTTP/'), 'Parse Error: Expected HTTP/'],
  ])('%s', (error, words) => {
    expect(explainConnection(error)).toBe(words);
  });
});
