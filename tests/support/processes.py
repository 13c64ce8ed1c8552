"""Processes of this machine, which need not be our children."""

import psutil

from support.wait import until


def command_of(pid):
    """Return the command of a process as all users of the machine see it; "" if it is gone."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def children_of(pid, word):
    """Return the pids of the children of a process that have a word in their command."""
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return set()
    return {child.pid for child in children if word in command_of(child.pid)}


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_ended(pids):
    until(lambda: not any(map(is_running, pids)))
