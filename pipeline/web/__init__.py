"""Articles over HTTP: `POST /v1/articles`, answered once Kafka has acknowledged them. The only user of aiohttp.

admission.py says who may send what, body.py cuts a body into lines, submission.py sends them and keeps count,
service.py serves; openapi.py describes it all. A thread of the request does what waits; the event loop only reads.
"""
