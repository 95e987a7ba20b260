"""The impairment bench: Chromium, relay, Chromium over a line that is made bad on purpose. `make bench-calls`."""
