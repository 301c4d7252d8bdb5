"""The page of the site."""
