#!/usr/bin/env bash
# Gets `docker compose` (v2) and buildx into the checkout where neither it nor the machine has them. Debian 12 has
# neither, and Debian 13's packages are single files that run on 12: its index is read beside the machine's own.
set -euo pipefail
# shellcheck source=infra/docker/environment.sh
. "$(dirname "$0")/environment.sh"
plugins=$root/.cache/docker/config/cli-plugins
if docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; then exit 0; fi
echo "Fetching Debian's docker-compose and docker-buildx into $plugins"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' |
  awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
mkdir -p "$work/lists/partial" "$work/packages" "$work/unpacked"
: >"$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" \
  >"$work/sources.list"
options=(-qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status"
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root
  -o Acquire::Languages=none)
apt-get "${options[@]}" update
(cd "$work/packages" && apt-get "${options[@]}" download docker-compose docker-buildx)
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/unpacked"; done
mkdir -p "$plugins"
cp "$work"/unpacked/usr/libexec/docker/cli-plugins/docker-{compose,buildx} "$plugins/"
