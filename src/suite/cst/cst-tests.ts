import type {
  CommandTest,
  ContentTest,
  DocumentOfV1,
  DocumentOfV2,
  EnvVar,
  ExistenceTest,
  LicenseTest,
  MetadataTest,
  RunOptions,
} from './cst-schema.ts';

/** The tests of a file, of whichever schema version. */
export interface CstTests {
  readonly globalEnvVars: readonly EnvVar[];
  readonly commandTests: readonly CommandTest[];
  readonly fileExistenceTests: readonly ExistenceTest[];
  readonly fileContentTests: readonly ContentTest[];
  readonly metadataTest: MetadataTest | undefined;
  readonly licenseTests: readonly LicenseTest[];
  readonly runOptions: RunOptions | undefined;
}

/** The tests of a file of schema version 2.0.0. */
export function testsOfV2(document: DocumentOfV2): CstTests {
  const { containerRunOptions, metadataTest } = document;
  return {
    globalEnvVars: document.globalEnvVars ?? [],
    commandTests: document.commandTests ?? [],
    fileExistenceTests: document.fileExistenceTests ?? [],
    fileContentTests: document.fileContentTests ?? [],
    metadataTest:
      metadataTest === null || metadataTest === undefined || asksForNothing(metadataTest)
        ? undefined
        : metadataTest,
    licenseTests: document.licenseTests ?? [],
    runOptions: containerRunOptions ?? undefined,
  };
}

/** The tool leaves a metadata test out that asks for nothing. `[]` as Entrypoint or Cmd asks for none. */
function asksForNothing(test: MetadataTest): boolean {
  const { cmd, entrypoint, ...others } = test;
  const isWritten = [cmd, entrypoint].some((words) => words !== null && words !== undefined);
  return (
    !isWritten && Object.values(others).every((value) => value === undefined || value.length === 0)
  );
}

/** The tests of a file of schema version 1.0.0, where a command is one list. */
export function testsOfV1(document: DocumentOfV1): CstTests {
  return {
    globalEnvVars: document.globalEnvVars ?? [],
    commandTests: (document.commandTests ?? []).map(({ command = [], ...test }) => {
      const [program = '', ...args] = command;
      return { ...test, command: program, args };
    }),
    fileExistenceTests: document.fileExistenceTests ?? [],
    fileContentTests: document.fileContentTests ?? [],
    metadataTest: undefined,
    licenseTests: document.licenseTests ?? [],
    runOptions: undefined,
  };
}
