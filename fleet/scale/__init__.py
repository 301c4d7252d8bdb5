"""What plays cost the control machine, measured on virtual boards, and what that means for a large fleet."""
