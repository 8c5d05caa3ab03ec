export * from './ask-service.ts';
export * from './service-details.ts';
export * from './stack-figures.ts';
