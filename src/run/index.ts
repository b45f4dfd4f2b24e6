export { executePlan, type ExecuteOptions, type Execution } from './execute-plan.ts';
