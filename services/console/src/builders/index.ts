export * from './api-stage.ts';
export * from './asked-stack.ts';
export { ConsoleStage, STAGE_START } from './console-stage.ts';
