"""What runs inside the container: the self-check, the health of the service, and the service itself."""
