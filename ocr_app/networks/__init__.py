"""Networks: named arrays in, named arrays out."""
