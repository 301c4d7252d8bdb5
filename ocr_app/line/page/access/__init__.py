"""Who reaches the page: addresses, TLS, connections, users, sign-ins, roles and forms."""
