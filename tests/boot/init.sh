#!/bin/bash
# The init of a booted root file system: mounts what a kernel would find, then becomes systemd.
#
#   init.sh ROOTFS FOLDER SITE_PACKAGES
#
# It runs in mount and PID namespaces of its own, so that all of it goes with its last process.
# Writes go to FOLDER, the root file system itself stays as debootstrap made it.
set -euo pipefail

rootfs=$1 folder=$2 packages=$3
root=$folder/root

mount --make-rprivate /
mkdir -p "$root" "$folder/written" "$folder/work"
mount -t overlay overlay \
  -o "lowerdir=$folder/image:$rootfs,upperdir=$folder/written,workdir=$folder/work" "$root"

# What Amazon's image has and Debian's root file system lacks: the AWS CLI, here the project's own.
mkdir -p "$root/opt/aws-cli"
mount --bind "$packages" "$root/opt/aws-cli"
mount -o remount,bind,ro "$root/opt/aws-cli"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/run"

mkdir "$root/machine"
cd "$root"
pivot_root . machine
umount --lazy /machine
rmdir /machine

# systemd takes it that this is a container, and leaves the machine's own affairs alone.
exec /usr/bin/env -i container=gas PATH=/usr/sbin:/usr/bin \
  /lib/systemd/systemd --log-target=console --show-status=no
