// An esbuild plugin: compiles the schema of orchestrator.yaml while building, which saves each start the time for it.
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';

const FOLDER = 'src/orchestrator';

export const precompileSchema = {
  name: 'precompile-schema',
  setup(build) {
    build.onLoad({ filter: /[\\/]orchestrator[\\/]schema-validator\.ts$/ }, async () => {
      const schema = JSON.parse(await readFile(`${FOLDER}/schema.json`, 'utf8'));
      const options = JSON.parse(await readFile(`${FOLDER}/schema-options.json`, 'utf8'));
      const ajv = new Ajv({ ...options, code: { ...options.code, source: true, esm: true } });
      ajv.addKeyword({ keyword: 'x-diagnostic', schemaType: 'string' });
      const code = (standaloneCode.default ?? standaloneCode)(ajv, ajv.compile(schema));
      return {
        contents: `${code}\nexport const schemaValidator = () => validate;\n`,
        loader: 'js',
        resolveDir: process.cwd(),
      };
    });
  },
};
