# SPDX-License-Identifier: GPL-2.0-or-later
"""Two charons, joined by a pair of virtual interfaces.

The responder is what is measured: real IKEv2 with the bench's plugin for a
kernel that installs nothing.  The initiator is strongSwan's load-tester, with
a key of its own for each UE.  Has to run in namespaces of its own (network,
mount and process; see testing/bench/run).
"""

import os
import shutil
import signal
import socket
import subprocess
import time

RESPONDER = "192.168.9.1"
INITIATOR = "192.168.9.2"

# One PSK for all UEs, what load-tester and the first series have.
PSK = "psk-0123456789abcdef0123456789ab"

PROPOSAL = "aes128gcm16-prfsha256-x25519"
ESP = "aes128gcm16"


class Failure(Exception):
    """Something did not do what it should; the text says what."""


def settings(tree, depth=0):
    """The text of a settings file from dictionaries of dictionaries."""
    lines = []
    indent = "    " * depth
    for name, value in tree.items():
        if isinstance(value, dict):
            lines += [indent + name + " {", settings(value, depth + 1),
                      indent + "}"]
        elif value is not None:
            lines.append('%s%s = "%s"' % (indent, name, value))
    return "\n".join(lines)


def merge(tree, more):
    """The tree with what another one has in addition or instead."""
    result = dict(tree)
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(result.get(name), dict):
            value = merge(result[name], value)
        result[name] = value
    return result


def numbers(words):
    """Names and numbers, one after the other, as a dictionary."""
    words = words.split()
    return {name: float(value) if "." in value else int(value)
            for name, value in zip(words[::2], words[1::2])}


def wait_for(what, condition, seconds=30, interval=0.05):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure("no %s within %g seconds" % (what, seconds))
        time.sleep(interval)


def entering(namespace):
    """What a command begins with that is run where a process is."""
    return ["nsenter", "--net=/proc/%d/ns/net" % namespace] if namespace \
        else []


class Daemon:
    """A charon, and what its bench plugin can be asked."""

    def __init__(self, lab, name, conf, cpu, namespace=None, env=None):
        self.name = name
        self.path = os.path.join(lab.work, name)
        self.control = self.path + ".bench"
        self.vici = self.path + ".vici"
        self.kupf = self.path + ".kupf"
        self.log = self.path + ".log"
        self.memory = 0
        for path in (self.control, self.vici, self.kupf, self.log):
            if os.path.exists(path):
                os.unlink(path)
        with open(self.path + ".conf", "w", encoding="ascii") as file:
            file.write(settings(conf) + "\n")
        command = ["unshare", "-m", "sh", "-c",
                   "mount -t tmpfs none %s && exec %s %s/lib/ipsec/charon" %
                   (os.path.join(lab.root, "run"),
                    "" if cpu is None else "taskset -c %s" % cpu, lab.root)]
        command = entering(namespace) + command
        with open(self.path + ".out", "wb") as out:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env=dict(os.environ, STRONGSWAN_CONF=self.path + ".conf",
                         **(env or {})), start_new_session=True)
        try:
            wait_for("answer of charon (%s)" % name, self.is_ready)
        except Failure:
            self.stop()
            raise

    def is_ready(self):
        if self.process.poll() is not None:
            raise Failure("charon (%s) ended: see %s.out and .log" %
                          (self.name, self.path))
        try:
            return bool(self.ask("counts"))
        except OSError:
            return False

    def ask(self, command, timeout=120):
        """Give a command to the plugin, get its answer as a dictionary."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(timeout)
            sock.connect(self.control)
            sock.sendall(command.encode() + b"\n")
            with sock.makefile() as file:
                answer = file.readline().strip()
        if answer == "error" or not answer:
            raise Failure("charon (%s) does not know '%s'" %
                          (self.name, command))
        return {} if answer == "ok" else numbers(answer)

    def counts(self):
        return self.ask("counts")

    def stop(self, force=True, timeout=120):
        """End it, at once or as an operator would; returns how long it took.

        """
        start = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if force
                                     else signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired as error:
                self.process.kill()
                self.process.wait()
                raise Failure("charon (%s) did not end" % self.name) from error
        return time.monotonic() - start


class Site:
    """A network for a responder and an initiator: a namespace for each.

    The responder is told by the process that holds its namespace, or is in
    our own.
    """

    def __init__(self, ours):
        self.holders = []
        self.responder = None if ours else self._hold()
        self.initiator = self._hold()
        self._join()

    def _hold(self):
        """Make a namespace; returns the process that holds it."""
        # pylint: disable=consider-using-with
        holder = subprocess.Popen(["unshare", "-n", "sleep", "infinity"])
        self.holders.append(holder)
        wait_for("network namespace", lambda: os.readlink(
            "/proc/%d/ns/net" % holder.pid) != os.readlink(
                "/proc/self/ns/net"))
        return holder.pid

    def _join(self):
        def ip(pid, *words):
            subprocess.run(entering(pid) + ["ip"] + list(words), check=True)

        ip(self.responder, "link", "add", "n3", "type", "veth", "peer", "name",
           "ue", "netns", str(self.initiator))
        for pid, interface, address in (
                (self.responder, "n3", RESPONDER),
                (self.initiator, "ue", INITIATOR)):
            ip(pid, "link", "set", "lo", "up")
            ip(pid, "address", "add", address + "/24", "dev", interface)
            ip(pid, "link", "set", interface, "up")

    def close(self):
        for holder in self.holders:
            holder.kill()
            holder.wait()


class Lab:
    """The network, the directories, and how daemons are configured."""

    def __init__(self, root, build, work, cpus):
        self.root = root
        self.build = build
        self.work = work
        self.cpus = cpus
        self.sites = []
        self.daemons = []
        os.makedirs(work, exist_ok=True)
        self.empty = os.path.join(work, "empty.conf")
        with open(self.empty, "w", encoding="ascii"):
            pass
        self._join_plugins()
        self.add_site()

    def _join_plugins(self):
        """Charon's directory of plugins gets ours, for this lab only."""
        plugins = os.path.join(self.root, "lib/ipsec/plugins")
        joined = os.path.join(self.work, "plugins")
        shutil.rmtree(joined, ignore_errors=True)
        os.makedirs(joined)
        for source in (plugins, os.path.join(self.build, ".libs")):
            for name in os.listdir(source):
                if name.startswith("libstrongswan-") and name.endswith(".so"):
                    shutil.copy(os.path.join(source, name), joined)
        subprocess.run(["mount", "--bind", joined, plugins], check=True)

    def close(self):
        for daemon in self.daemons:
            daemon.stop()
        for site in self.sites:
            site.close()

    def add_site(self):
        """Have another network, for another responder at the same time."""
        self.sites.append(Site(not self.sites))

    def _conf(self, name, plugins, more):
        """What both have in common: see TUNING.md for the why."""
        path = os.path.join(self.work, name)
        charon = {
            "load_modular": "yes",
            "threads": 16,
            "install_routes": "no",
            "install_virtual_ip": "no",
            "dos_protection": "no",
            "cookie_threshold": 0,
            "block_threshold": 0,
            "half_open_timeout": 300,
            "retransmit_timeout": 20,
            "ikesa_table_size": 32768,
            "ikesa_table_segments": 256,
            "filelog": {"file": {"path": path + ".log", "default": 0,
                                 "flush_line": "yes"}},
            "plugins": {
                "random": {"load": "yes"},
                "nonce": {"load": "yes"},
                "openssl": {"load": "yes"},
                "kdf": {"load": "yes"},
                "socket-default": {"load": "yes"},
                "kernel-netlink": {"load": "yes"},
                "vici": {"load": "yes", "socket": "unix://%s.vici" % path},
                "bench": {"load": 10, "socket": "unix://%s.bench" % path},
            },
        }
        charon["plugins"] = merge(charon["plugins"], plugins)
        return {"charon": merge(charon, more or {})}

    def _connection(self, kind, vips, unique):
        tree = {
            "version": 2,
            "proposals": PROPOSAL,
            "local_addrs": RESPONDER,
            "remote_addrs": "%any",
            "unique": unique,
            "rekey_time": 0,
            "pools": None,
            "local": {"auth": "psk", "id": "gw"},
            "remote": {"auth": "psk", "id": "%any"},
            "children": {"pdu": {"esp_proposals": ESP, "rekey_time": 0,
                                 "local_ts": "0.0.0.0/0"}},
        }
        conf = {"connections": {"nin3a": tree}}
        if vips:
            tree["pools"] = "pdu-session" if kind == "kupf" else "ues, ues6"
            if kind != "kupf":
                conf["pools"] = {"ues": {"addrs": "10.0.0.0/8"},
                                 "ues6": {"addrs": "2001:db8::/100"}}
        if kind == "static":
            conf["secrets"] = {"ike": {"secret": PSK}}
        return conf

    def responder(self, kind, vips=True, unique="replace", database=None,
                  plugins=None, charon=None, env=None, name="responder",
                  site=0):
        """Start a responder: kind is static, kupf, vici or sql."""
        mine = {"bench": {"kernel": "yes"}}
        path = os.path.join(self.work, name)
        if kind == "kupf":
            mine["kupf"] = {"load": "yes", "share_addresses": "yes",
                            "addresses": RESPONDER,
                            "socket": "unix://%s.kupf" % path}
            mine["nin3a"] = {"load": "yes"}
        elif kind == "sql":
            mine["sqlite"] = {"load": "yes"}
            mine["sql"] = {"load": "yes", "database": "sqlite://" + database}
        conf = self._conf(name, merge(mine, plugins or {}), charon)
        daemon = Daemon(self, name, conf, self.cpus[0],
                        namespace=self.sites[site].responder, env=env)
        self.daemons.append(daemon)
        swanctl = os.path.join(self.work, name + ".swanctl")
        with open(swanctl, "w", encoding="ascii") as file:
            file.write(settings(self._connection(kind, vips, unique)) + "\n")
        wait_for("socket of plugin vici", lambda: os.path.exists(daemon.vici))
        done = subprocess.run(
            [os.path.join(self.root, "sbin/swanctl"), "--load-all", "--file",
             swanctl, "--uri", "unix://" + daemon.vici],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, env=dict(os.environ, STRONGSWAN_CONF=self.empty))
        if done.returncode:
            raise Failure("swanctl: " + done.stdout)
        daemon.memory = daemon.counts()["resident"]
        return daemon

    def initiator(self, kind, ues, vips=True, forget=False, in_flight=150,
                  charon=None, receive_buffer=0, threads=8,
                  name="initiator", site=0):
        """Start an initiator that sets IKE_SAs of UEs 1 to ues up."""
        plugins = {
            "bench": {"keys": "no" if kind == "static" else "yes",
                      "forget": "yes" if forget else "no",
                      "receive_buffer": receive_buffer},
            "load-tester": {
                "load": 20,
                "enable": "yes",
                "fake_kernel": "yes",
                "initiators": threads,
                "iterations": (ues + threads - 1) // threads,
                "delay": 1,
                "init_limit": in_flight,
                "version": 2,
                "responder": RESPONDER,
                "initiator": INITIATOR,
                "initiator_auth": "psk",
                "responder_auth": "psk",
                "initiator_id": "@#%032d",
                "responder_id": "gw",
                "initiator_tsr": "0.0.0.0/0",
                "preshared_key": PSK,
                "proposal": PROPOSAL,
                "esp": ESP,
                "child_rekey": 0,
                "ike_rekey": 0,
                "request_virtual_ip": "yes" if vips else "no",
                "socket": "unix://%s/%s.load" % (self.work, name),
            },
        }
        conf = self._conf(name, plugins,
                          merge({"reuse_ikesa": "no"}, charon or {}))
        daemon = Daemon(self, name, conf, self.cpus[1],
                        namespace=self.sites[site].initiator)
        self.daemons.append(daemon)
        return daemon

    def stop(self, daemon, **how):
        self.daemons.remove(daemon)
        return daemon.stop(**how)

    def feed(self, path, what, first, count, timeout=1200, **options):
        """Run the client; returns what it prints, and fails as it does."""
        command = ["taskset", "-c", str(self.cpus[1]),
                   os.path.join(self.build, "testing/bench/feed"), path, what,
                   str(first), str(count)]
        command += ["%s=%s" % item for item in options.items()]
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=timeout, check=False)
        if done.returncode:
            raise Failure("feed %s: %s %s" % (what, done.stderr.strip(),
                                              done.stdout.strip()))
        return numbers(done.stdout)

    def program(self, name, *arguments, timeout=1200):
        """Run another program of the bench; returns its output."""
        command = [os.path.join(self.build, "testing/bench", name)]
        return subprocess.run(
            command + [str(word) for word in arguments], check=True,
            capture_output=True, text=True, timeout=timeout).stdout
