export { createRecordWriter, type RecordWriter, type RecordWriterOptions } from './write-record.ts';
export { readRecordInOrder } from './read-in-order.ts';
export { readRecord } from './read-record.ts';
export { createRedactor, type Redactor, type RedactorOptions } from './redact-event.ts';
export { REDACTED } from './token-shapes.ts';
