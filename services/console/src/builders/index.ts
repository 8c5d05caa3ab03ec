export * from './api-stage.ts';
export { ConsoleStage, STAGE_START } from './console-stage.ts';
