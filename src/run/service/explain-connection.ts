import { errorMessage } from '../../core/index.ts';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the service',
  EPIPE: 'connection closed by the service',
  ESRCH: 'the service had ended',
};

/** Why there was no answer, in words that are the same on every lane. */
export function explainConnection(error: unknown): string {
  const failure =
    error instanceof Error && 'failure' in error
      ? (error.failure as { readonly errno?: string; readonly step?: string })
      : undefined;
  const code =
    failure?.errno ?? (error instanceof Error && 'code' in error ? String(error.code) : undefined);
  const words = code === undefined ? undefined : WORDS[code];
  if (words === undefined)
    return failure === undefined ? errorMessage(error) : `${failure.step ?? ''}: ${code ?? ''}`;
  const port = /port (\d+)$/.exec(failure?.step ?? '')?.[1];
  return port === undefined ? words : `${words} (port ${port})`;
}
