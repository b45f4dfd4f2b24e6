import {
  capturedBuffer,
  type CapturedBytes,
  type Exchange,
  type JsonBytes,
  type JsonExchange,
  type JsonService,
  type ServiceObservation,
} from '../core/index.ts';

/** What an attempt saw of a service, in the JSON report. */
export function toJsonService({
  companions,
  exchanges,
  readyMs,
  stopMs,
}: ServiceObservation): JsonService {
  return {
    ...(readyMs === undefined ? {} : { readyMs }),
    ...(stopMs === undefined ? {} : { stopMs }),
    ...(companions.length === 0 ? {} : { with: companions }),
    requests: exchanges.map(toJsonExchange),
  };
}

function toJsonExchange(exchange: Exchange): JsonExchange {
  const { label: name, wallMs } = exchange;
  switch (exchange.kind) {
    case 'http': {
      const { body, headers, status } = exchange;
      return { name, wallMs, status, headers, body: toJsonBytes(body) };
    }
    case 'tcp':
      return { name, wallMs, received: toJsonBytes(exchange.received) };
    case 'run': {
      const { stderr, stdout, termination } = exchange;
      return {
        name,
        wallMs,
        exit: termination.kind === 'exit' ? termination.code : null,
        signal: termination.kind === 'signal' ? termination.signal : null,
        stdout: toJsonBytes(stdout),
        stderr: toJsonBytes(stderr),
      };
    }
    case 'facts': {
      const { facts, problem } = exchange;
      return { name, wallMs, facts, ...(problem === undefined ? {} : { problem }) };
    }
    case 'failed':
      return { name, wallMs, failed: exchange.message };
  }
}

function toJsonBytes(captured: CapturedBytes): JsonBytes {
  const { encoding, totalBytes, truncated } = captured;
  const data = encoding === 'utf8' ? captured.data : capturedBuffer(captured).toString('base64');
  return { data, encoding, totalBytes, truncated };
}
