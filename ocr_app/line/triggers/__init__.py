"""What says that a part is there: every frame, a change of the picture, or an event from outside."""
