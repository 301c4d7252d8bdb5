"""PostgreSQL: its schema and migrations, batches of results, months, and what is complete."""
