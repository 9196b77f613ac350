#!/bin/sh
# Runs once as root inside the new root file system of a practice host (mmdebstrap's customize hook, or a
# RUN line of the Dockerfile beside this file). Keys and passwords are not made here: they belong to a
# range, not to the image, which is shared by all ranges of this computer.
set -eu
export DEBIAN_FRONTEND=noninteractive

# The users that people really log in with: root, an administrator with and without a sudo password, and
# one who may do nothing. useradd leaves the passwords locked.
useradd --create-home --shell /bin/bash --groups docker,sudo op
useradd --create-home --shell /bin/bash --groups sudo pw
useradd --create-home --shell /bin/bash nodocker
printf 'op ALL=(ALL:ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/raftyard-range
chmod 0440 /etc/sudoers.d/raftyard-range

cat >/etc/ssh/sshd_config.d/raftyard-range.conf <<'CONF'
PermitRootLogin prohibit-password
PasswordAuthentication yes
UseDNS no
CONF

# Host keys are made at the first boot: two hosts must never share one.
rm -f /etc/ssh/ssh_host_*
mkdir -p /etc/systemd/system/ssh.service.d
cat >/etc/systemd/system/ssh.service.d/raftyard-range.conf <<'CONF'
[Service]
ExecStartPre=
ExecStartPre=/usr/bin/ssh-keygen -A
ExecStartPre=/usr/sbin/sshd -t
CONF
# Name servers that the range noted: Docker's resolver does not survive firewalld (see src/main/range/dns.ts).
cat >/etc/systemd/system/raftyard-range-dns.service <<'CONF'
[Unit]
Description=Name servers of the practice range
ConditionFileNotEmpty=/etc/raftyard-resolv.conf
Before=docker.service

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'cat /etc/raftyard-resolv.conf >/etc/resolv.conf'

[Install]
WantedBy=multi-user.target
CONF

# An empty file: systemd writes a new one into every host.
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id

# There is no console, and nothing to wait for: the network is there before systemd starts.
systemctl mask getty.target console-getty.service systemd-udevd.service systemd-udev-trigger.service \
  systemd-udevd-control.socket systemd-udevd-kernel.socket >/dev/null 2>&1
systemctl set-default multi-user.target >/dev/null 2>&1
systemctl enable ssh.service docker.service firewalld.service raftyard-range-dns.service >/dev/null 2>&1

apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /usr/share/doc/* /usr/share/man/* /usr/share/locale/*
