#!/usr/bin/env bash
# Gives Kibana's own user its password, and Newswire a user that may do what Newswire does, and no more.
#
# Newswire's password is made here and kept in a file that only its services read. Idempotent: every start says it again.
# Variables: ELASTICSEARCH_URL, CA_FILE, ELASTIC_PASSWORD_FILE, KIBANA_PASSWORD_FILE, SECRETS_DIR (out), SECRETS_OWNER
# (uid:gid of Newswire's services), INDEX_PREFIX.
set -euo pipefail

# A value as the inside of a quoted string, in JSON and in curl's configuration.
quoted() {
  local value=${1//\\/\\\\}
  printf '%s' "${value//\"/\\\"}"
}

# put PATH JSON: credentials go through files, for arguments can be read in the list of processes.
put() {
  local answer
  if ! answer=$(curl --silent --show-error --fail-with-body --max-time 30 --cacert "$CA_FILE" \
    --config <(printf 'user = "elastic:%s"\n' "$(quoted "$(<"$ELASTIC_PASSWORD_FILE")")") \
    --request PUT --header 'Content-Type: application/json' --data @- "$ELASTICSEARCH_URL$1" <<<"$2"); then
    echo "PUT $1: $answer" >&2
    return 1
  fi
  echo "PUT $1: done"
}

put /_security/user/kibana_system/_password "{\"password\": \"$(quoted "$(<"$KIBANA_PASSWORD_FILE")")\"}"

# `space_all` in Kibana's default space: to import the data view and the dashboard.
put /_security/role/newswire "{
  \"cluster\": [\"monitor\", \"manage_index_templates\", \"manage_ilm\"],
  \"indices\": [{\"names\": [\"$INDEX_PREFIX-*\"], \"privileges\": [\"all\"]}],
  \"applications\": [
    {\"application\": \"kibana-.kibana\", \"privileges\": [\"space_all\"], \"resources\": [\"space:default\"]}
  ]
}"

password_file=$SECRETS_DIR/elasticsearch__password
if [[ ! -s $password_file ]]; then
  (umask 077 && head -c 30 /dev/urandom | base64 | tr '+/' '-_' >"$password_file")
fi
put /_security/user/newswire "{\"password\": \"$(<"$password_file")\", \"roles\": [\"newswire\"]}"
chmod 0400 "$password_file"
chmod 0500 "$SECRETS_DIR"
chown -R "$SECRETS_OWNER" "$SECRETS_DIR"
