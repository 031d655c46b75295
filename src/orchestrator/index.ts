/** orchestrator.yaml: read, checked, and turned into a workflow. */
export { addBlock, type Block } from './add-block.ts';
export type { Config, Task } from './config.ts';
export { type ExportedFile, type ExportRequest, exportFile } from './export/files.ts';
export { MARK as EXPORT_MARK, readHeader } from './export/header.ts';
export { loadConfig } from './load.ts';
export { type TranslatedReview, translateFrameworkReview } from './pipelines/framework-review/framework-review.ts';
export { MIGRATION } from './pipelines/migration/index.ts';
export { loadPlatforms } from './platforms.ts';
export { configSchema } from './schema-check.ts';
export { type ActionSource, isApprovalAction, taskActionOf } from './translate/actions.ts';
export { type Translation, translate } from './translate/translate.ts';
