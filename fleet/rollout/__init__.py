"""A deployment to many boards: what they say, what was done, whether the next batch may begin, and the batches."""
