"""The environments of .envs/, their locks, interpreters and models."""
