#!/bin/sh
# Last step of the image: user, services, links; runs once, as root, inside it.
set -eux
cd /usr/sbin
for tool in swapon swapoff; do
    mv $tool /usr/lib/virtual-nano/real-$tool
    ln -s /usr/lib/virtual-nano/swap $tool
done
mv /usr/bin/timedatectl /usr/lib/virtual-nano/real-timedatectl
ln -s /usr/lib/virtual-nano/timedatectl /usr/bin/timedatectl
ln -s "nvpmodel/$(ls /etc/nvpmodel)" /etc/nvpmodel.conf
python=/usr/bin/python$(cat /etc/virtual-nano/python)
if [ -e "$python" ]; then ln -s "$python" /usr/local/bin/python3; fi
groupadd -f docker
useradd --create-home --shell /bin/bash --groups sudo,docker nano
echo 'nano:nano' | chpasswd
install -d -o nano -g nano -m 700 ~nano/.ssh
rm -f /etc/ssh/ssh_host_* /etc/machine-id /usr/sbin/policy-rc.d
: >/etc/machine-id
: >/etc/fstab
mkdir -p /var/lib/virtual-nano /var/lib/nvpmodel
chmod 0440 /etc/sudoers.d/virtual-nano
systemctl enable nvpmodel nvzramconfig nvgetty gdm docker containerd ssh systemd-timesyncd \
    virtual-nano-memory virtual-nano-fstab virtual-nano-host-keys
systemctl set-default graphical.target
systemctl mask systemd-udevd getty.target console-getty
