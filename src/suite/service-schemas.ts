import * as z from 'zod';
import { METRIC_NAMES } from '../core/index.ts';
import { expectation, textExpectation } from './expectation-schemas.ts';
import {
  duration,
  filledList,
  filledText,
  list,
  oneOf,
  plainText,
  regularExpression,
  signalName,
  strictMapping,
  textWithRule,
  wholeNumber,
} from './scalar-schemas.ts';

const port = wholeNumber('a port', 1, 65_535);
const status = wholeNumber('an HTTP status', 100, 599);

const httpPath = textWithRule('a path such as /health', (text) =>
  text.startsWith('/')
    ? undefined
    : { message: 'must begin with "/"', hint: `write /${text.replace(/^\.\/+/, '')}` },
);

/** `run:` of a case: argv, or a text for the image's own `sh -c`. */
export const runCommand = z.union(
  [filledText('a command'), filledList(plainText(), 'word: the program')],
  { error: () => 'must be a command: a list of words, or text for "sh -c"' },
);

/** argv behind the subject's own name. */
export const subjectArguments = list(plainText());

const start = strictMapping('the start of a service', {
  run: runCommand.optional().describe('Command in the image, instead of the entrypoint.'),
  args: subjectArguments.optional().describe('Arguments of the subject itself.'),
});

const ready = strictMapping('a readiness check', {
  http: strictMapping('an HTTP readiness check', {
    port: port.describe('Port of the service.'),
    path: httpPath.optional().describe('Path of the request (default: /).'),
    status: status.optional().describe('Status that means ready (default: 200).'),
  })
    .optional()
    .describe('Ready when this request is answered.'),
  port: port.optional().describe('Ready when this TCP port accepts connections.'),
  log: regularExpression().optional().describe('Ready when a line of output matches this RE2.'),
  run: runCommand.optional().describe('Ready when this command exits with 0.'),
  within: duration().optional().describe('How long to wait for it (default: 30s).'),
});

const httpRequest = strictMapping('an HTTP request', {
  method: filledText('a method such as GET').optional().describe('Method (default: GET).'),
  port: port.optional().describe('Port (default: the one of the readiness check).'),
  path: httpPath.describe('Path with query.'),
  headers: z
    .record(filledText(), plainText(), { error: () => 'must be a mapping of headers' })
    .optional()
    .describe('Request headers.'),
  body: plainText().optional().describe('Request body.'),
  expect: strictMapping('an expectation on a response', {
    status: status.optional().describe('Status code.'),
    headers: z
      .record(filledText(), textExpectation, { error: () => 'must be a mapping of headers' })
      .optional()
      .describe('Expectations on response headers.'),
    body: textExpectation.optional().describe('Expectation on the body as text.'),
    json: z.json().optional().describe('Values that the JSON body contains.'),
  })
    .optional()
    .describe('Expectation on the response.'),
  ignore: filledList(filledText('a JSON path such as $.time'), 'JSON path')
    .optional()
    .describe('JSON paths that are not compared between lanes.'),
});

const request = strictMapping('a request', {
  name: filledText().optional().describe('Name in reports.'),
  http: httpRequest.optional().describe('An HTTP request.'),
  tcp: strictMapping('a TCP exchange', {
    port: port.describe('Port of the service.'),
    send: plainText().optional().describe('What is sent first.'),
    expect: textExpectation.optional().describe('Expectation on what comes back.'),
  })
    .optional()
    .describe('Bytes over TCP.'),
  run: runCommand.optional().describe('A command beside the service.'),
  expect: expectation.optional().describe('Expectation on the command of run.'),
});

/** `service:` of a case. */
export const service = strictMapping('a service', {
  start: start.optional().describe('How the service starts (default: as the image says).'),
  ready: ready.optional().describe('When requests may begin.'),
  requests: filledList(request, 'request').optional().describe('Requests, in order.'),
  stop: strictMapping('the stop of a service', {
    signal: signalName().optional().describe('Signal that stops it (default: SIGTERM).'),
    within: duration().optional().describe('How long it may take (default: 10s).'),
    exit: wholeNumber('an exit code', 0, 255).optional().describe('Exit code it ends with.'),
  })
    .optional()
    .describe('How the service is stopped.'),
});

/** `with:` of a case: further containers by name. */
export const companions = z.record(
  filledText('the name of a container'),
  strictMapping('a further container', {
    image: filledText('an image reference').describe('Image reference.'),
    args: subjectArguments.optional().describe('Arguments, instead of the image\u2019s Cmd.'),
    env: z
      .record(filledText(), plainText(), { error: () => 'must be a mapping of variables' })
      .optional()
      .describe('Environment variables.'),
    ready: ready.optional().describe('When the case may begin.'),
  }),
  { error: () => 'must be a mapping of containers by name' },
);

/** One entry of `bench:`. */
export const benchmark = strictMapping('a benchmark', {
  name: filledText('the name of a benchmark').describe('Name in reports.'),
  run: runCommand.optional().describe('Command in the image.'),
  args: subjectArguments.optional().describe('Arguments of the subject itself.'),
  metrics: filledList(oneOf(Object.keys(METRIC_NAMES) as (keyof typeof METRIC_NAMES)[]), 'metric')
    .optional()
    .describe('What is measured (default: wall).'),
}).superRefine((entry, context) => {
  if (entry.run === undefined || entry.args === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['args'],
    message: 'cannot stand beside "run"\nremove one of them',
  });
});
