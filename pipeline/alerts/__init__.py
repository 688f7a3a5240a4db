"""Alert rules: their language, the search query that a rule stands for, and the matcher that knows which rules fire.

rule text ─► parser ─► tree ─┬─► query      an Elasticsearch `bool` query: `newswire search --rule`
                             └─► plan ─► matcher      all rules against each article: `newswire rules match`
                                            └─► in_force ─► raising      in the workers, while rules change

Pure: no Kafka, no socket, no clock, no settings. docs/rules.md describes the language.
"""
