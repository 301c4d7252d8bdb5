"""Pages about recipes: what first recipes give on real pictures, and what each reason means."""
