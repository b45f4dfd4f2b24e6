export {
  type Clock,
  parseReporterName,
  type Reporter,
  REPORTER_NAMES,
  type ReporterName,
  type ReporterOptions,
} from './reporter.ts';
export { describeLane } from './describe-lane.ts';
export { formatDifferences } from './difference-lines.ts';
export { toJsonAttempt } from './json-case.ts';
export { escapeControl } from './escape-control.ts';
export { createPalette, type Palette } from './palette.ts';
export {
  formatSarifLog,
  physicalLocation,
  type SarifLocation,
  type SarifResult,
} from './sarif-log.ts';
export { plural } from './shorten-text.ts';
export { createReporter } from './create-reporter.ts';
export { readReportSchema } from './report-schema.ts';
export {
  type MultiplexedReporters,
  multiplexReporters,
  type NamedReporter,
  type ReporterFailure,
} from './multiplex-reporters.ts';
export { formatAnnotation, MOST_ANNOTATIONS } from './workflow-command.ts';
export { orderReporters } from './order-reporters.ts';
export { listsCases, renderRecord, type RenderedRecord } from './render-record.ts';
export { makeBenchReport, type BenchReport } from './bench/bench-json.ts';
export {
  toCsv,
  toGoBench,
  toHyperfineJson,
  toMarkdown,
  toSmallerIsBetter,
} from './bench/export-formats.ts';
