// An esbuild plugin: GitHub's schemas without what they say to editors, and parsed when they are first asked for.
import { readFile } from 'node:fs/promises';

export const slimSchemas = {
  name: 'slim-schemas',
  setup(build) {
    build.onLoad({ filter: /[\\/]workflow-parser[\\/]dist[\\/].*-v1\.0\.min\.json$/ }, async ({ path }) => {
      const { definitions } = JSON.parse(await readFile(path, 'utf8'));
      for (const definition of Object.values(definitions)) slim(definition);
      const text = JSON.stringify(JSON.stringify(definitions));
      return { contents: `export default { get definitions() { return JSON.parse(${text}); } };`, loader: 'js' };
    });
  },
};

/** A description is a sentence here; it is also the name of properties, which stay. */
function slim(definition) {
  delete definition.description;
  for (const property of Object.values(definition.mapping?.properties ?? {})) {
    if (typeof property === 'object') delete property.description;
  }
}
