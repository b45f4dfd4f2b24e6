import { templateFunctions } from '../../../../src/suite/goss/template/template-functions.ts';
import type { TemplateValue } from '../../../../src/suite/goss/template/template-value.ts';

/** A function's name, its arguments, and what it gives. */
export type Call = readonly [string, readonly TemplateValue[], TemplateValue];

/** Calls a function of templates. */
export function call(
  name: string,
  args: readonly TemplateValue[],
  context = { environment: {}, directory: '/' },
): TemplateValue {
  const known = templateFunctions(context).get(name);
  if (known === undefined) throw new TypeError(`there is no ${name}`);
  return known(...args);
}
