"""Each minute, the fleet of relays is as large as calls need: how busy it is goes to whoever makes it larger, a relay
too many drains, and only then one less is asked for. Who died is forgotten, so that its rooms go elsewhere."""
