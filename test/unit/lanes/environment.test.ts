import { describe, expect, it } from 'vitest';
import {
  CONTAINER_CAPABILITIES,
  CONTAINER_CAPABILITY_MASK,
  parseEnvironment,
} from '../../../src/lanes/environment.ts';

describe('CONTAINER_CAPABILITY_MASK', () => {
  it('is docker’s, as CapEff in the /proc/self/status of a docker container shows it', () => {
    expect(CONTAINER_CAPABILITY_MASK.toString(16).padStart(16, '0')).toBe('00000000a80425fb');
    expect(Object.keys(CONTAINER_CAPABILITIES)).toHaveLength(14);
  });
});

describe('parseEnvironment', () => {
  it('splits at the first = and leaves out what has none', () => {
    expect(parseEnvironment(['A=1', 'B=', 'C=a=b', 'D', '=x'])).toEqual({
      A: '1',
      B: '',
      C: 'a=b',
      '': 'x',
    });
    expect(parseEnvironment(['A=1', 'A=2'])).toEqual({ A: '2' });
  });
});
