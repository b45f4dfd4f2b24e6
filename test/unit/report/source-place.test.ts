import { describe, expect, it } from 'vitest';
import { RunContext } from '../../../src/report/run-context.ts';
import { findSourcePlace } from '../../../src/report/source-place.ts';
import { define, startRun } from './make-result.ts';

function contextIn(
  cwd: string,
  suites: readonly { name: string; file: string }[] = [],
): RunContext {
  const context = new RunContext();
  context.observe(startRun({ cwd, suites }));
  return context;
}

const at = (file: string) => define('s', 'c', { position: { file, line: 3, column: 5 } });
const place = (file: string) => ({ file, line: 3, column: 5 });

describe('findSourcePlace', () => {
  it('names a file from the top of the repository, wherever the run was', () => {
    const context = contextIn('/w/repo/sub');
    expect(findSourcePlace(at('a.yaml'), context, '/w/repo')).toEqual(place('sub/a.yaml'));
    expect(findSourcePlace(at('../b.yaml'), context, '/w/repo')).toEqual(place('b.yaml'));
    expect(findSourcePlace(at('/w/repo/c.yaml'), context, '/w/repo')).toEqual(place('c.yaml'));
  });

  it('leaves a file elsewhere as it was written, and all without a top', () => {
    const context = contextIn('/w/repo');
    expect(findSourcePlace(at('/tmp/a.yaml'), context, '/w/repo')).toEqual(place('/tmp/a.yaml'));
    expect(findSourcePlace(at('../a.yaml'), context, undefined)).toEqual(place('../a.yaml'));
  });

  it('knows the file alone of a module, and nothing of a case that was made', () => {
    const files = [
      { name: 'm', file: '/w/repo/m.ts' },
      { name: 'made', file: '<oci:app>' },
    ];
    const context = contextIn('/w/repo', files);
    expect(findSourcePlace(define('m', 'c'), context, '/w/repo')).toEqual({ file: 'm.ts' });
    expect(findSourcePlace(define('made', 'c'), context, '/w/repo')).toBeUndefined();
  });
});
