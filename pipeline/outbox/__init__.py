"""What is sent when, and what with what: decisions about alerts on their way to channels.

Pure: no Kafka, no socket, no clock, no settings. `pipeline.deliver` does what is decided here.
"""
