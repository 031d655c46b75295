/** GitHub's expression language: parsing, checking and evaluating, without knowledge of any workflow. */
export { type Answer, evaluateForPeople } from './answer.ts';
export { AVAILABILITY, STATUS_FUNCTIONS } from './availability.ts';
export { checkCondition, checkNode } from './check.ts';
export { dataToString, isTruthy, looselyEqual } from './coercion.ts';
export { conditionText, evaluateCondition, normalizeCondition, usesStatusFunction } from './conditions.ts';
export {
  type Data,
  type DataArray,
  type DataEntry,
  type DataObject,
  dataArray,
  dataFromJson,
  dataObject,
  dataToJson,
  type Kind,
  kindOf,
  lookUp,
  MAX_DATA_DEPTH,
  readJsonData,
} from './data.ts';
export { evaluateExpression, type Scope, type ScopeFunction } from './evaluate.ts';
export { type ExpressionFault, failEvaluation } from './fault.ts';
export { foldCase, sameText } from './letter-case.ts';
export { member } from './members.ts';
export { type FunctionSpec, parseExpression, type Vocabulary } from './names.ts';
export { hasExpression } from './segments.ts';
export {
  evaluateBoolean,
  evaluateNode,
  evaluateNumber,
  evaluateString,
  evaluateStrings,
  type NodeFault,
} from './template.ts';
export type { Expression } from './tree.ts';
