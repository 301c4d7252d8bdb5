"""Jetson boards and NVIDIA's releases for them: releases.toml, typed and checked, and what is written from it."""
