"""Newswire: a streaming news ingestion pipeline.

sources ──► news.raw ──► worker (chain of stages) ──► news.articles ──► sink ──► Elasticsearch
            news.rules ──────┤                   └──► news.alerts ─────┴──► deliver ──► webhook, mail, chat
                             └──► news.dead-letters
A record is a RawArticle (records.py) until the chain (chain.py) has made an Article of it; a stage (stages/) is a
pure function; Kafka, Faust, Elasticsearch, clocks and sockets live in worker.py, producer.py, consumer.py, poller/,
fetch/, sinks/, deliver/, deliveries/ and web/.
"""

__version__ = "0.1.0"
