"""`newswire run deliver`: takes alerts from Kafka, keeps them in an outbox, and hands them to channels, each once."""
