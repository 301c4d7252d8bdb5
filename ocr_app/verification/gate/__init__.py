"""The precision gate: whether FP16 changes texts, and the fewest layers that must stay in FP32 so that it does not."""
