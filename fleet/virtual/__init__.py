"""Virtual Nanos: containers that stand for boards, so that provisioning can be rehearsed and tested without one."""
