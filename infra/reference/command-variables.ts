const LANGUAGE =
  'Language of messages, in the order `LC_ALL`, `LC_MESSAGES`, `LANG`: Chinese where it begins with `zh`.';

/** What each variable of the `./strata` commands does. */
export const COMMAND_VARIABLES: Readonly<Record<string, string>> = {
  LANG: LANGUAGE,
  LC_ALL: LANGUAGE,
  LC_MESSAGES: LANGUAGE,
  NODE_EXTRA_CA_CERTS:
    'As of Node; `./strata up --stack docker` hands the file to the build of the services’ image too.',
  NO_COLOR: 'Set to anything: the demo prints without colours.',
  STRATA_CONFORMANCE_SECRET:
    'Secret of the endpoint that `./strata conformance` tries, where `--secret` does not say.',
  STRATA_DEBUG: 'Set to anything: an unexpected fault also prints its stack.',
  STRATA_DEMO_DIR: 'Data of the demo. Default: `.strata/demo` in the checkout.',
  STRATA_INGESTOR_ID_SPACES:
    'As of the ingestor; `./strata up` keeps it with the stack, for the commands and the next start.',
  STRATA_INGESTOR_PSEUDONYM_KEY:
    'As of the ingestor; `./strata up` keeps it with the stack (`identity.json`, for its owner alone), for the commands and the next start.',
  STRATA_STACK_DIR: 'Data of the stack. Default: `.strata/stack` in the checkout.',
  USER: 'Who decides by `./strata override`, `./strata merge`, `./strata link`, `./strata erase`, `./strata subscription` and `./strata replay`, where `--actor` does not say.',
  TERM: '`dumb`: the demo prints without colours.',
};

/** What each variable of docker-compose.yml does; those that are a service's own go to it as they are. */
export const COMPOSE_VARIABLES: Readonly<Record<string, string>> = {
  STRATA_API_KEYS_FILE:
    'File of the keys that may ask the API; `./strata up --stack docker` makes one.',
  STRATA_CERTIFICATES_FILE:
    'Certificates that npm trusts while the image of the services is built; `./strata up --stack docker` takes `NODE_EXTRA_CA_CERTS`.',
  STRATA_CONSOLE_PORT: 'Port of the page on the host.',
  STRATA_IMAGE: 'Image of the services. Where it is not set it is built from the checkout.',
  STRATA_INTAKE_KEYS_FILE:
    'File of the keys that may send by HTTP; `./strata up --stack docker` makes one.',
  STRATA_GRAFANA_IMAGE: 'Image of Grafana, of the profile `dashboards`.',
  STRATA_GRAFANA_PASSWORD: 'Password of Grafana’s `admin`, to change dashboards.',
  STRATA_GRAFANA_PORT: 'Port of Grafana on the host.',
  STRATA_INTAKE_PORT: 'Port of the HTTP intake on the host.',
  STRATA_KAFKA_IMAGE: 'Image of the broker.',
  STRATA_KAFKA_PORT: 'Port of the broker on the host.',
  STRATA_NODE_IMAGE: 'Image that the one of the services is built on.',
  STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: 'As of the notifier.',
  STRATA_NPMRC_FILE:
    'Settings of npm while the image of the services is built; `./strata up --stack docker` takes the user’s own.',
  STRATA_PROMETHEUS_IMAGE: 'Image of Prometheus, of the profile `dashboards`.',
  STRATA_PROMETHEUS_PORT: 'Port of Prometheus on the host.',
  STRATA_QUEUE_REDIS_PORT: 'Port of the queue’s Redis on the host.',
  STRATA_REDIS_IMAGE: 'Image of both Redis.',
  STRATA_REGISTRY_IMAGE: 'Image of the schema registry.',
  STRATA_REGISTRY_PORT: 'Port of the schema registry on the host.',
  STRATA_SEALING_KEY: 'As of the services; `./strata up --stack docker` makes one.',
  STRATA_STACK: 'Name of the Compose project, so that several stacks can stand side by side.',
  STRATA_STATE_REDIS_PORT: 'Port of the state’s Redis on the host.',
  STRATA_MAPS_FOLDER:
    'Folder of mapping files on the host; the ingestor sees it as `/etc/strata/maps`, for `STRATA_INGESTOR_MAPS`.',
  STRATA_SUBSCRIPTIONS_FILE: 'File of webhook subscriptions on the host.',
  STRATA_TIME_MODE: 'As of the ingestor.',
};
