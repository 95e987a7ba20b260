"""Each minute the sealer is asked for blocks of what waits, and how long the oldest line has waited is measured."""
