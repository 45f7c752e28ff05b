"""Runs a command under the system call filters of a systemd unit, without systemd.

    sandbox.py UNIT FOLDER ACTION COMMAND...

Of the unit it applies SystemCallFilter, SystemCallErrorNumber, RestrictAddressFamilies, RestrictNamespaces, RestrictRealtime,
RestrictSUIDSGID, LockPersonality and UMask; the sets of calls (@system-service and so on) are those of the systemd that is installed.
ACTION is "unit" (a forbidden call does what the unit says) or "kill" (it ends the process, so nothing can ignore a refusal).
As root it continues as the user nobody, as a service with DynamicUser does, unless that user cannot read the command's files.
"""

import ctypes
import errno
import os
import subprocess
import sys

NOBODY = 65534
ALLOW, KILL = 0x7FFF0000, 0x80000000
NOT_EQUAL, LESS, EQUAL, GREATER, MASKED = 1, 2, 4, 6, 7
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
NAMESPACES = (0x80, 0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)

library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
library.seccomp_init.restype = ctypes.c_void_p
library.seccomp_init.argtypes = [ctypes.c_uint32]
library.seccomp_load.argtypes = [ctypes.c_void_p]
library.seccomp_release.argtypes = [ctypes.c_void_p]


class Condition(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


library.seccomp_rule_add_array.argtypes = [
    ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Condition)]


def refuse(number):
    return 0x00050000 | number


class Filter:
    def __init__(self, default):
        self.context = library.seccomp_init(default)

    def add(self, call, action, *conditions):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return  # A call of another architecture, or one that this libseccomp does not know.
        error = library.seccomp_rule_add_array(
            self.context, action, number, len(conditions), (Condition * max(len(conditions), 1))(*conditions))
        if error and error != -errno.EFAULT:
            raise OSError(-error, f"rule for {call}")

    def load(self):
        if error := library.seccomp_load(self.context):
            raise OSError(-error, "seccomp_load")
        library.seccomp_release(self.context)


def read_unit(path):
    unit = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, equals, value = line.strip().partition("=")
            if equals and not line.startswith("#"):
                unit.setdefault(name, []).append(value)
    return unit


def expand(names):
    """The calls of a list of calls and sets, sets in sets included."""
    calls = set()
    for name in names:
        if not name.startswith("@"):
            calls.add(name)
            continue
        output = subprocess.run(
            ["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout
        members = [line.strip() for line in output.splitlines()[1:]]
        calls |= expand([member for member in members if member and not member.startswith("#")])
    return calls


def allowed_calls(lines):
    """The first line starts a list of allowed calls; a later one with ~ takes calls from it."""
    if not lines or lines[0].startswith("~"):
        raise SystemExit("The first SystemCallFilter of the unit must be a list of allowed calls.")
    allowed = expand(["@default"])
    for line in lines:
        if line.startswith("~"):
            allowed -= expand(line[1:].split())
        else:
            allowed |= expand(line.split())
    return allowed


def filters(unit, action):
    """All filters of the unit, the strictest last: loading the others needs the call seccomp."""
    def is_on(name):
        return unit.get(name, ["no"])[-1] in ("yes", "true", "1", "on")

    restrictions = Filter(ALLOW)
    if families := [FAMILIES[name] for name in " ".join(unit.get("RestrictAddressFamilies", [])).split()]:
        restrictions.add("socket", refuse(errno.EAFNOSUPPORT), Condition(0, LESS, min(families)))
        restrictions.add("socket", refuse(errno.EAFNOSUPPORT), Condition(0, GREATER, max(families)))
        for family in set(range(min(families), max(families))) - set(families):
            restrictions.add("socket", refuse(errno.EAFNOSUPPORT), Condition(0, EQUAL, family))
    if is_on("RestrictNamespaces"):
        for flag in NAMESPACES:
            for call, argument in (("clone", 0), ("unshare", 0), ("setns", 1)):
                restrictions.add(call, refuse(errno.EPERM), Condition(argument, MASKED, flag, flag))
        restrictions.add("clone3", refuse(errno.ENOSYS))
    if is_on("RestrictRealtime"):
        for policy in (1, 2, 6):
            restrictions.add("sched_setscheduler", refuse(errno.EPERM), Condition(1, EQUAL, policy))
    if is_on("RestrictSUIDSGID"):
        for bit in (0o4000, 0o2000):
            for call, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2)):
                restrictions.add(call, refuse(errno.EPERM), Condition(argument, MASKED, bit, bit))
        restrictions.add("openat2", refuse(errno.ENOSYS))
    if is_on("LockPersonality"):
        restrictions.add("personality", refuse(errno.EPERM), Condition(0, NOT_EQUAL, 0))

    name = unit.get("SystemCallErrorNumber", [""])[-1]
    calls = Filter(refuse(getattr(errno, name)) if name and action == "unit" else KILL)
    for call in allowed_calls(unit["SystemCallFilter"]):
        calls.add(call, ALLOW)
    return [restrictions, calls]


def become_nobody(folder, command):
    if os.geteuid() != 0:
        return
    os.chown(folder, NOBODY, NOBODY)
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(os.path.join(parent, name), NOBODY, NOBODY)
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    readable = all(os.access(part, os.R_OK, effective_ids=True) for part in command if part.startswith("/"))
    os.seteuid(0)
    os.setegid(0)
    if readable:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def main():
    _, unit_path, folder, action, *command = sys.argv
    unit = read_unit(unit_path)
    loaded = filters(unit, action)
    become_nobody(folder, command)
    if os.geteuid() == 0:
        loaded = filters(unit, "unit")  # SQLite tries chown as root, which is forbidden, and ignores the refusal.
    os.umask(int(unit.get("UMask", ["0022"])[-1], 8))
    os.chdir(folder)
    os.environ["HOME"] = folder
    for one in loaded:
        one.load()
    os.execvp(command[0], command)


main()
