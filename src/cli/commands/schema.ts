import { formatSchema } from '../../app/format-schema.ts';
import { usageError } from '../../core/index.ts';
import type { Command } from '../command.ts';

export const schemaCommand: Command = {
  usage: 'schema [suite|project|record|report]',
  describe:
    'Print the JSON Schema of suite files, of archparity.yaml, of records, or of the JSON report, for editors and validators.',
  examples: [
    ['archparity schema > suite.schema.json', 'save it for your editor'],
    ['archparity schema project', 'of archparity.yaml'],
    ['archparity schema record', 'of a line of a record'],
  ],
  options: {},
  run: async (argv) => {
    const [what = 'suite', ...others] = argv['_'] as readonly string[];
    if (others.length > 0)
      throw usageError('USAGE', 'Name one schema.', 'See archparity schema --help.');
    process.stdout.write(await formatSchema(what));
    return 0;
  },
};
