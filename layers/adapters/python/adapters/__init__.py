"""Outside parties. One package a port: its verbs in the hospital's words, an embedded default,
and the vendors' adapters."""
