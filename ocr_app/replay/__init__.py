"""What a recipe or a release would have said of pictures that were judged before."""
