export { acceptDivergences, type KnownChange } from './accept-divergences.ts';
export type { Problem } from './mistake.ts';
export { parseDuration } from './duration.ts';
export { findRegularExpressionProblem } from './regular-expression.ts';
export { formatDiagnostics } from './format-diagnostics.ts';
export { generateSuiteSchema } from './suite-json-schema.ts';
export { loadSuiteFile, type LoadSuiteOptions } from './load-suite-file.ts';
export { recogniseForeign } from './recognise-foreign.ts';
export { invalidProject, type FileLayers } from './file-layers.ts';
export { parseSuite, parseSuiteObject, type SuiteOptions } from './parse-suite.ts';
export {
  generateProjectSchema,
  loadProject,
  PROJECT_FILE,
  type NamedLane,
  type Project,
  type QuarantineEntry,
} from './project-file.ts';
export { serializeSuite } from './serialize-suite.ts';
export type { CaseDocument, SuiteDocument } from './suite-schema.ts';
export { writeScalar } from './write-scalar.ts';
