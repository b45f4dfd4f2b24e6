// Contexts for `archparity build` that need no base image: programs of the tests and nothing else.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, program, type Caller } from './cli.ts';

export interface ContextOptions {
  /** Programs of test/programs for both platforms; `hello` is always there. */
  readonly programs?: readonly string[];
  readonly dockerfile?: readonly string[];
  readonly cross?: readonly string[];
}

/** A stage that executes the program, and an image of it alone. */
const PLAIN = [
  'FROM scratch AS check',
  'ARG TARGETARCH',
  'COPY hello-$TARGETARCH /bin/hello',
  'RUN ["/bin/hello"]',
  'FROM scratch',
  'COPY --from=check /bin/hello /bin/hello',
  'ENTRYPOINT ["/bin/hello"]',
];

/** The same image, but what is executed is of the builder's own platform. */
const CROSS = [
  'FROM scratch AS check',
  'ARG BUILDARCH',
  'ARG TARGETARCH',
  'COPY hello-$BUILDARCH /bin/tool',
  'RUN ["/bin/tool"]',
  'COPY hello-$TARGETARCH /bin/hello',
  'FROM scratch',
  'COPY --from=check /bin/hello /bin/hello',
  'ENTRYPOINT ["/bin/hello"]',
];

/** Makes a context with a plain and a cross Dockerfile. */
export function makeContext(
  caller: Caller,
  { programs = [], dockerfile = PLAIN, cross = CROSS }: ContextOptions = {},
): string {
  const context = makeDirectory(caller, 'context');
  for (const name of ['hello', ...programs]) {
    for (const architecture of ['arm64', 'amd64'] as const)
      cpSync(program(name, architecture), join(context, `${name}-${architecture}`));
  }
  writeFileSync(join(context, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
  writeFileSync(join(context, 'Dockerfile.cross'), `${cross.join('\n')}\n`);
  return context;
}
