import { catalogue } from '../messages/texts.ts';

/** What starting and ending a stack in containers can say. */
export const dockerTexts = catalogue({
  en: {
    noDocker:
      'docker is not on this machine. Install Docker with its Compose plugin, or run the stack without it: ./strata up --stack local',
    noCompose:
      'docker has no Compose plugin (docker compose, version 2). Install docker-compose-plugin, or run the stack without it: ./strata up --stack local',
    noEngine: (said: string) =>
      `The Docker engine does not answer (${said}). Start it and run this again.`,
    failed: (command: string, said: string) => `docker compose ${command} failed:\n${said}`,
    imageMissing: 'How to get images without a registry of images: docs/operations/containers.md',
    logOf: (service: string) => `The last lines of ${service}:`,
  },
  zh: {
    noDocker:
      '本机没有 docker。请安装 Docker 及其 Compose 插件，或不用容器运行：./strata up --stack local',
    noCompose:
      'docker 缺少 Compose 插件（docker compose 第 2 版）。请安装 docker-compose-plugin，或不用容器运行：./strata up --stack local',
    noEngine: (said: string) => `Docker 引擎没有响应（${said}）。请启动后重试。`,
    failed: (command: string, said: string) => `docker compose ${command} 失败：\n${said}`,
    imageMissing: '无法访问镜像仓库时如何获得镜像，请参阅 docs/operations/containers.md',
    logOf: (service: string) => `${service} 的最后几行日志：`,
  },
});

/** Lines of progress while containers come up. */
export const DOCKER_STEPS = {
  build: {
    en: 'Building the image of the services, where their code has changed',
    zh: '如服务代码有变，正在构建其镜像',
  },
  backends: {
    en: 'Starting Kafka, Apicurio Registry and Redis in containers (missing images are pulled)',
    zh: '正在容器中启动 Kafka、Apicurio Registry 与 Redis（缺少的镜像会先拉取）',
  },
  deploy: { en: 'Creating topics and registering schemas', zh: '正在创建主题并注册模式' },
  services: { en: 'Starting the services', zh: '正在启动各服务' },
} as const;
