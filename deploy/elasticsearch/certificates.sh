#!/usr/bin/env bash
# Makes, once, an own certificate authority and the certificate of Elasticsearch. Runs as root in Elasticsearch's image.
#
# /authority  the authority's key: seen by this service alone
# /certs      key, certificate and authority for Elasticsearch
# /ca         the authority's certificate, for those who connect
set -euo pipefail

if [[ ! -f /authority/ca/ca.key ]]; then
  rm -rf /authority/ca /authority/ca.zip
  bin/elasticsearch-certutil ca --silent --pem --days 3650 --out /authority/ca.zip
  unzip -q /authority/ca.zip -d /authority
  rm /authority/ca.zip
  rm -f /certs/elasticsearch.crt
fi

if [[ ! -f /certs/elasticsearch.crt ]]; then
  work=$(mktemp -d)
  bin/elasticsearch-certutil cert --silent --pem --days 1095 --out "$work/cert.zip" \
    --name elasticsearch --dns elasticsearch,localhost --ip 127.0.0.1 \
    --ca-cert /authority/ca/ca.crt --ca-key /authority/ca/ca.key
  unzip -q "$work/cert.zip" -d "$work"
  cp "$work/elasticsearch/elasticsearch.key" /certs/
  # The certificate goes last: it says that the rest is there.
  cp "$work/elasticsearch/elasticsearch.crt" /certs/
  rm -r "$work"
fi
cp /authority/ca/ca.crt /certs/ca.crt
cp /authority/ca/ca.crt /ca/ca.crt

chmod 0700 /authority
chown -R 1000:0 /certs
chmod 0750 /certs
chmod 0440 /certs/*
chmod 0755 /ca
chmod 0444 /ca/ca.crt
