// Tests what is named on the command line, and lists what came of each case.
import { ArchParityError, readRecord, testTargets } from 'archparity';

try {
  const { exitCode, recordPath } = await testTargets({
    targets: process.argv.slice(2),
    lanes: ['native', 'emulated'],
    reporters: ['junit=junit.xml'],
  });
  for await (const event of readRecord(recordPath)) {
    if (event.type !== 'case-finished') continue;
    const { definition, verdict, differences } = event.result;
    console.log(`${verdict}: ${definition.name}`);
    for (const { what, left, right } of differences) console.log(`  ${what}: ${left} | ${right}`);
  }
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof ArchParityError)) throw error;
  console.error(`${error.message} ${error.advice ?? ''}`);
  process.exitCode = error.exitCode;
}
