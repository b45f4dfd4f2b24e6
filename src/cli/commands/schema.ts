import { formatSuiteSchema } from '../../app/suite-schema.ts';
import type { Command } from '../command.ts';

export const schemaCommand: Command = {
  usage: 'schema',
  describe: 'Print the JSON Schema of suite files, for editors and validators.',
  examples: [['archparity schema > suite.schema.json', 'save it for your editor']],
  options: {},
  run: () => {
    process.stdout.write(formatSuiteSchema());
    return Promise.resolve(0);
  },
};
