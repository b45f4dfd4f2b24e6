export * from './errors.ts';
export { editDistance, findNearest, foldSpelling } from './find-nearest.ts';
export * from './loose-data.ts';
export * from './platform.ts';
export * from './observation.ts';
export * from './trace.ts';
export * from './lane.ts';
export * from './case-parts.ts';
export * from './case.ts';
export { caseOn } from './case-on.ts';
export { digestCase } from './digest-case.ts';
export { expandVariables } from './expand-variables.ts';
export { unescapeOctal } from './unescape-octal.ts';
export * from './verdict.ts';
export * from './json-report.ts';
export * from './service.ts';
export {
  formatJsonPlace,
  parseJsonPath,
  selectsPlace,
  type JsonPath,
  type JsonPathStep,
  type JsonPlace,
} from './json-path.ts';
export * from './bench.ts';
export * from './suite.ts';
export * from './events.ts';
