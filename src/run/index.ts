export type { Referees } from './ask-referees.ts';
export { executePlan, type ExecuteOptions, type Execution } from './execute-plan.ts';
export type { Repetition } from './run-case.ts';
export { ResultTally, type Tallied } from './result-tally.ts';
export { CaseSession } from './case-session.ts';
