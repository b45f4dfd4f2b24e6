export { createRecordWriter, type RecordWriter, type RecordWriterOptions } from './write-record.ts';
export { CaseOrder } from './case-order.ts';
export { readRecordInOrder } from './read-in-order.ts';
export { readRecord, type LinePlace } from './read-record.ts';
export { readRecordSchema } from './record-schema.ts';
export { createRedactor, type Redactor, type RedactorOptions } from './redact-event.ts';
export { REDACTED } from './token-shapes.ts';
export {
  surveyRecord,
  type FinishedCase,
  type RecordSurvey,
  type SurveyedCase,
} from './survey-record.ts';
export { RecordLines } from './record-lines.ts';
export { laneKey, uniteWords, type JoinedLane } from './merge/join-lanes.ts';
export {
  joinRecords,
  type CaseSource,
  type JoinedCase,
  type JoinedRun,
} from './merge/join-records.ts';
export { JoinedCases } from './merge/joined-cases.ts';
