import { describe, expect, it } from 'vitest';
import { limitService } from '../../../../src/run/service/service-limits.ts';
import { defineCase, EMULATED } from '../../judge/judge-data.ts';

const scaled = (nativeMs: number) => ({ kind: 'scaled', nativeMs }) as const;
const literal = (ms: number) => ({ kind: 'literal', ms, byLane: {} }) as const;
const started = { kind: 'started' } as const;
const request = { kind: 'tcp', label: 'tcp 1', port: 1 } as const;

const CASE = defineCase({
  timeout: scaled(10_000),
  service: {
    ready: { check: started, within: scaled(30_000) },
    requests: [request, request],
    stop: { signal: 'SIGTERM', within: literal(7000) },
  },
  with: [
    {
      name: 'db',
      subject: { kind: 'image', reference: 'oci:db' },
      command: { kind: 'subject' },
      env: {},
      ready: { check: started, within: literal(5000) },
    },
  ],
});

describe('limitService', () => {
  const on = { deadlineMs: 20_000, emulationFactor: 2, isOverridden: false };

  it('adds up the parts, of which only what nobody wrote grows with the lane', () => {
    const limits = limitService(CASE, EMULATED, on);
    expect(limits).toMatchObject({
      totalMs: 5000 + 60_000 + 2 * 20_000 + 7000,
      requestMs: 20_000,
      stopMs: 7000,
    });
    expect(limits.factor).toBe(2);
  });

  it('takes a timeout that was written for that of the whole', () => {
    expect(limitService({ ...CASE, timeout: literal(20_000) }, EMULATED, on).totalMs).toBe(20_000);
    expect(limitService(CASE, EMULATED, { ...on, isOverridden: true }).totalMs).toBe(20_000);
  });

  it('gives a command beside further containers its own time, too', () => {
    const { service: _none, ...command } = CASE;
    expect(limitService(command, EMULATED, on).totalMs).toBe(25_000);
  });
});
