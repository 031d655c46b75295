/** GitHub's workflow language. */
export * from './expressions/index.ts';
export { analyzeGraph, describeCycle, type GraphAnalysis, type GraphNode } from './graph.ts';
export { checkId } from './ids.ts';
export { nameJob } from './job-name.ts';
export { isJsonObject, type Json, type JsonObject } from './json.ts';
export { expandMatrix, type MatrixLeg } from './matrix.ts';
export * from './model.ts';
