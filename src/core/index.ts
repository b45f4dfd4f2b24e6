export * from './errors.ts';
export { editDistance, findNearest, foldSpelling } from './find-nearest.ts';
export * from './platform.ts';
export * from './observation.ts';
export * from './lane.ts';
export * from './case.ts';
export * from './verdict.ts';
export * from './bench.ts';
export * from './events.ts';
