#!/usr/bin/env bash
# Makes, once, an own certificate authority and the certificate of Elasticsearch. Runs as root in Elasticsearch's image.
#
# AUTHORITY  folder with the authority's key: seen by this service alone
# CERTS      folder with key, certificate and authority for Elasticsearch, which runs as CERTS_OWNER
# CA         folder with the authority's certificate, for those who connect
set -euo pipefail
: "${AUTHORITY:=/authority}" "${CERTS:=/certs}" "${CA:=/ca}" "${CERTS_OWNER:=1000:0}"
umask 077

if [[ ! -f $AUTHORITY/ca/ca.key ]]; then
  rm -rf "$AUTHORITY"/ca "$AUTHORITY"/ca.zip
  bin/elasticsearch-certutil ca --silent --pem --days 3650 --out "$AUTHORITY/ca.zip"
  unzip -q "$AUTHORITY/ca.zip" -d "$AUTHORITY"
  rm "$AUTHORITY/ca.zip"
  rm -f "$CERTS/elasticsearch.crt"
  echo "made a certificate authority"
fi

if [[ ! -f $CERTS/elasticsearch.crt ]]; then
  work=$(mktemp -d)
  bin/elasticsearch-certutil cert --silent --pem --days 1095 --out "$work/cert.zip" \
    --name elasticsearch --dns elasticsearch,localhost --ip 127.0.0.1 \
    --ca-cert "$AUTHORITY/ca/ca.crt" --ca-key "$AUTHORITY/ca/ca.key"
  unzip -q "$work/cert.zip" -d "$work"
  cp -f "$work/elasticsearch/elasticsearch.key" "$CERTS/"
  # The certificate goes last: it says that the rest is there.
  cp -f "$work/elasticsearch/elasticsearch.crt" "$CERTS/"
  rm -r "$work"
  echo "made the certificate of Elasticsearch"
fi
cp -f "$AUTHORITY/ca/ca.crt" "$CERTS/ca.crt"
cp -f "$AUTHORITY/ca/ca.crt" "$CA/ca.crt"

chmod 0700 "$AUTHORITY"
chmod 0440 "$CERTS"/*
chmod 0750 "$CERTS"
chown -R "$CERTS_OWNER" "$CERTS"
chmod 0444 "$CA/ca.crt"
chmod 0755 "$CA"
