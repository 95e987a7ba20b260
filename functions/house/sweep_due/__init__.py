"""Each minute, what has become due is reported as an event. A late sweep changes nothing: time is judged again in code
whenever a thing is read."""
