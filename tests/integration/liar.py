"""Answers in place of Docker, and of Consul, with what no honest engine says."""
import json
import os
import socket
import sys
import threading

MODE = sys.argv[1]
EVIL = "\x1b]0;owned\x07\x1b[31m<img src=x onerror=alert(1)>\u202e$(touch /tmp/pwned)"


def endless(conn):
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b'"' + b"x" * 65530 + b'",'
    conn.sendall(b"1\r\n[\r\n")
    while True:
        conn.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))


def send(conn, value, text=None):
    body = (json.dumps(value) if text is None else text).encode()
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
    conn.sendall(body)


ID = "c0" * 32 if MODE == "names" else EVIL
CONTAINER = {"Id": ID, "Names": ["/" + EVIL], "Image": "consul", "Command": EVIL, "State": "running", "Labels": {"raftyard.cluster": EVIL},
             "Ports": [{"IP": EVIL, "PublicPort": 1, "PrivatePort": 1, "Type": EVIL}]}


def docker(conn, path):
    if path.endswith("/_ping"):
        return send(conn, None, "OK")
    if MODE == "silent":
        return threading.Event().wait()
    if MODE == "endless" and "/containers/json" in path:
        return endless(conn)
    if MODE == "long":
        return send(conn, {"Version": "x" * 10_000_000, "ApiVersion": "1.41"})
    if MODE == "wrong":
        return send(conn, [None, 7, {"Names": "no list"}])
    if "/containers/json" in path:
        return send(conn, [CONTAINER])
    if "/containers/" in path:
        return send(conn, {"Id": ID, "Name": EVIL, "Image": EVIL, "Config": {"Image": EVIL, "Labels": {"raftyard.cluster": EVIL}, "Hostname": EVIL, "Cmd": [EVIL], "Env": [EVIL]},
                           "State": {"Running": True, "Restarting": False}, "HostConfig": {"NetworkMode": EVIL}, "Mounts": []})
    return send(conn, {"Version": EVIL, "ApiVersion": EVIL, "Driver": EVIL, "DockerRootDir": "/x; touch /tmp/pwned", "Id": EVIL, "Name": EVIL, "Labels": {}, "Config": {"Env": ["CONSUL_VERSION=" + EVIL]}})


def consul(conn, path):
    if MODE in ("endless", "long", "silent"):
        return endless(conn)
    if MODE == "wrong":
        return send(conn, [None, 7, "x"])
    if "/agent/self" in path:
        return send(conn, {"Config": {"NodeName": EVIL, "Datacenter": EVIL, "Server": True, "Version": EVIL}, "Member": {"Name": EVIL, "Addr": EVIL, "Tags": {}}, "Stats": {}})
    return send(conn, [{"Node": EVIL, "Name": EVIL, "Address": EVIL, "ID": EVIL, "Addr": EVIL, "Status": 1, "Tags": {}}])


def serve(conn, answer):
    try:
        head = b""
        while b"\r\n\r\n" not in head:
            part = conn.recv(65536)
            if not part:
                return
            head += part
        answer(conn, head.split(b" ")[1].decode())
    except OSError:
        pass
    finally:
        conn.close()


def listen(sock, answer):
    sock.listen(64)
    while True:
        conn, _ = sock.accept()
        threading.Thread(target=serve, args=(conn, answer), daemon=True).start()


if os.path.exists("/var/run/docker.sock"):
    os.unlink("/var/run/docker.sock")
unix = socket.socket(socket.AF_UNIX)
unix.bind("/var/run/docker.sock")
tcp = socket.socket()
tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
tcp.bind(("127.0.0.1", 8500))
threading.Thread(target=listen, args=(tcp, consul), daemon=True).start()
listen(unix, docker)
