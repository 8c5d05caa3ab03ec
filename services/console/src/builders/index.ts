export { ConsoleStage, STAGE_START } from './console-stage.ts';
