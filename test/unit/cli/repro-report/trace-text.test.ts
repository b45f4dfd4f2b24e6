import { describe, expect, it } from 'vitest';
import type { TraceReport } from '../../../../src/app/repro-trace.ts';
import { formatTraceText } from '../../../../src/cli/repro-report/trace-text.ts';
import { makeLane } from '../../app/recorded/make-recorded.ts';

const traced = (id: string) => ({
  lane: makeLane(id),
  ended: 'exit 0',
  trace: { format: 'strace', text: '', truncated: false } as const,
});

function format(comparison: Partial<TraceReport['comparison']>): string {
  return formatTraceText(
    {
      version: 1,
      case: 's/a',
      lanes: [traced('one'), traced('two')],
      comparison: {
        events: [9, 9],
        quiet: [0, 0],
        processes: [1, 1],
        common: 3,
        differences: 3,
        complete: true,
        first: { process: '0', index: 0, before: [], left: ['a'], right: ['b'], after: [] },
        ...comparison,
      },
    },
    false,
  );
}

describe('formatTraceText', () => {
  it('counts further differences', () => {
    expect(format({})).toContain('\n… and in 2 further places.\n');
    expect(format({ differences: 1 })).not.toContain('further');
  });

  it('claims no number of them where not all was aligned', () => {
    const rest = 'The rest is too different to be aligned.\n';
    expect(format({ complete: false })).toContain(`\n… and in at least 2 further places.\n${rest}`);
    expect(format({ complete: false, differences: 1 })).toContain(`\n${rest}`);
  });
});
