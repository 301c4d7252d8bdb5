"""Several readers over the same images, in turns: each reader in a process of its own, image by image."""
