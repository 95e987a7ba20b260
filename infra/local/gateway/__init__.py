"""API Gateway on one port: REST APIs with their authorizers, the WebSocket API, and its management of connections."""
