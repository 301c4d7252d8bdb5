"""From a shared subscription into the database: acknowledged after the commit, and never before."""
