#!/bin/sh
# Writes .env beside docker-compose.yml: deploy/.env.example with passwords of its own. An existing .env is kept.
set -eu
cd "$(dirname "$0")/.."

if [ -e .env ]; then
  echo "make-env: .env exists already; its passwords are in use, so it is left as it is" >&2
  exit 1
fi

secret() {
  LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 40
}

umask 077
sed -e "s/^ELASTIC_PASSWORD=$/&$(secret)/" \
  -e "s/^KIBANA_PASSWORD=$/&$(secret)/" \
  -e "s/^KIBANA_ENCRYPTION_KEY=$/&$(secret)/" \
  -e "s/^WEB_TOKENS=$/&$(secret)/" deploy/.env.example >.env
echo "make-env: wrote .env; next: docker compose up --detach --build"
