#!/bin/sh
# For a node of another processor: what its systemd and Docker do without, because qemu-user does not emulate it.
set -eux
units=/etc/systemd/system
without() { # UNIT LINE...: a drop-in of a service
    mkdir -p "$units/$1.service.d"
    drop_in=$units/$1.service.d/emulated.conf
    shift
    printf '%s\n' '[Service]' "$@" >"$drop_in"
}
# The mount calls for credentials fail: "Failed to set up credentials: Invalid argument".
for unit in systemd-sysctl systemd-sysusers systemd-tmpfiles-setup systemd-tmpfiles-setup-dev; do
    without $unit LoadCredential= SetCredential=
done
# A network of its own fails: "Failed to set up network namespacing: Input/output error".
systemctl mask e2scrub_reap
# netfilter is not there: "Failed to initialize nft: Protocol not supported". Containers cannot start anyway.
without docker ExecStart= "ExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock \
--iptables=false --ip6tables=false --bridge=none"
