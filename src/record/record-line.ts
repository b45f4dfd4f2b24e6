import type { RunEvent } from '../core/index.ts';
import type { StoredCaseResult } from './stored-case.ts';

/** A line of a record: an event of a run. `case-finished` lacks attempts that stand in lines before it. */
export type RecordLine =
  | Exclude<RunEvent, { type: 'case-finished' }>
  | {
      readonly type: 'case-finished';
      readonly at: string;
      readonly result: StoredCaseResult;
    };
