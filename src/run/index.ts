export type { Referees } from './ask-referees.ts';
export { executePlan, type ExecuteOptions, type Execution } from './execute-plan.ts';
export { CaseSession } from './case-session.ts';
