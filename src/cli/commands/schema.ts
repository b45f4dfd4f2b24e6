import { formatSchema } from '../../app/suite-schema.ts';
import { usageError } from '../../core/index.ts';
import type { Command } from '../command.ts';

export const schemaCommand: Command = {
  usage: 'schema [suite|project]',
  describe:
    'Print the JSON Schema of suite files, or of archparity.yaml, for editors and validators.',
  examples: [
    ['archparity schema > suite.schema.json', 'save it for your editor'],
    ['archparity schema project', 'of archparity.yaml'],
  ],
  options: {},
  run: (argv) => {
    const [what = 'suite', ...others] = argv['_'] as readonly string[];
    if (others.length > 0)
      throw usageError('USAGE', 'Name one schema.', 'See archparity schema --help.');
    process.stdout.write(formatSchema(what));
    return Promise.resolve(0);
  },
};
