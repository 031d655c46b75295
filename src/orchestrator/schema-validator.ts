/**
 * The compiled schema. Compiling takes longer than checking most files does, so it happens once, when the first file
 * comes; the build goes further and puts the compiled code in this file's place (scripts/precompile-schema.mjs).
 */
import { Ajv, type ValidateFunction } from 'ajv';
import schema from './schema.json' with { type: 'json' };
import options from './schema-options.json' with { type: 'json' };

let compiled: ValidateFunction | undefined;

export function schemaValidator(): ValidateFunction {
  compiled ??= new Ajv(options).addKeyword({ keyword: 'x-diagnostic', schemaType: 'string' }).compile(schema);
  return compiled;
}
