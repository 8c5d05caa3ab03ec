# Sourced: lets docker find the plugins that compose-plugin.sh fetched, where it had to.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ -d "$root/.cache/docker/config/cli-plugins" ]; then
  export DOCKER_CONFIG=$root/.cache/docker/config
fi
# testcontainers finds images under this prefix by their public names: built here, pulled nowhere.
export TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX=localhost/strata
# A machine that is a container itself would make it look for a gateway instead of loopback.
export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
export STRATA_KAFKA_IMAGE=localhost/strata/apache/kafka:4.3.1
export STRATA_REGISTRY_IMAGE=localhost/strata/apicurio/apicurio-registry:3.0.9
export STRATA_REDIS_IMAGE=localhost/strata/redis:7
export STRATA_NODE_IMAGE=localhost/strata/node:24-bookworm-slim
export STRATA_IMAGE=localhost/strata/strata:local
