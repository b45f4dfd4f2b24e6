import { describe, expect, it } from 'vitest';
import { secretValues } from '../../../src/app/secret-values.ts';
import { makeCase, makeSuite } from '../plan/make-case.ts';

describe('secretValues', () => {
  const suite = {
    ...makeSuite([
      makeCase({ name: 'a', env: { TOKEN: 'from the case', PLAIN: 'seen' } }),
      makeCase({ name: 'b', env: { TOKEN: 'of another' } }),
      makeCase({ name: 'c', env: { TOKEN: 'from the case' } }),
    ]),
    secrets: ['TOKEN', 'UNSET'],
  };

  it('takes what we inherit and what cases set, each value once', () => {
    expect(secretValues([suite], { TOKEN: 'inherited', PLAIN: 'x' })).toEqual([
      'inherited',
      'from the case',
      'of another',
    ]);
  });

  it('protects the name in every suite of the run', () => {
    const other = { ...makeSuite([makeCase({ env: { TOKEN: 'elsewhere' } })]), secrets: [] };
    expect(secretValues([suite, other], {})).toContain('elsewhere');
  });

  it('gives nothing without secrets', () => {
    const open = { ...suite, secrets: [] };
    expect(secretValues([open], { TOKEN: 'inherited' })).toEqual([]);
  });
});
