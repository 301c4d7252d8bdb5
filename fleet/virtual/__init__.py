"""Virtual Nanos: containers that behave like boards, so that provisioning can be rehearsed and tested without one."""
