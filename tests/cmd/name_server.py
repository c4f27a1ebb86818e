#!/usr/bin/env python3
"""A name server that does as the first label of a name says, over UDP and TCP: prints its port, then serves.

absent: NXDOMAIN; failing: SERVFAIL; denied: REFUSED; silent: nothing; garbled: an answer that cannot be read; long: TC
over UDP; empty: no data; evil: control characters in TXT and in the text of an extended error; any other: an address.
"""
import argparse
import random
import selectors
import socket
import struct
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("--drop", type=float, default=0, help="share of answers that are lost")
arguments.add_argument("--rate", type=float, default=0, help="answers a second, all others are dropped")
arguments.add_argument("--delay", type=float, default=0, help="seconds before each answer")
options = arguments.parse_args()

ADDRESS = struct.pack(">HHHIH4B", 0xC00C, 1, 1, 300, 4, 192, 0, 2, 1)
EVIL = b"\x1b[31m\x07\xc2\x9b\xe2\x80\xae\"\\\x7fend"
RCODES = {b"absent": 3, b"failing": 2, b"denied": 5}


def question_end(query):
    at = 12
    while query[at]:
        at += query[at] + 1
    return at + 5


def answer(query, over_udp):
    end = question_end(query)
    label = query[13 : 13 + query[12]].split(b"-")[0].lower()
    if label == b"silent":
        return None
    flags = 0x8180 | RCODES.get(label, 0)
    answers, additional = ADDRESS, b""
    if flags & 15 or label == b"empty":
        answers = b""
    if label == b"evil":
        text = bytes([len(EVIL)]) + EVIL
        answers = struct.pack(">HHHIH", 0xC00C, 16, 1, 300, len(text)) + text
        error = struct.pack(">HHH", 15, 2 + len(EVIL), 22) + EVIL
        additional = b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(error)) + error
    if label == b"long" and over_udp:
        flags, answers = flags | 0x200, b""
    counts = struct.pack(">HHHH", 1, 1 if answers else 0, 0, 1 if additional else 0)
    if label == b"garbled":
        counts = struct.pack(">HHHH", 1, 9, 0, 0)
    return query[:2] + struct.pack(">H", flags) + counts + query[12:end] + answers + additional


def sockets():
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.socket()
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind(udp.getsockname())
            tcp.listen(128)
            return udp, tcp
        except OSError:
            continue


def serve_tcp(connection):
    with connection:
        connection.settimeout(5)
        try:
            while size := connection.recv(2, socket.MSG_WAITALL):
                reply = answer(connection.recv(struct.unpack(">H", size)[0], socket.MSG_WAITALL), False)
                if reply:
                    connection.sendall(struct.pack(">H", len(reply)) + reply)
        except OSError:
            pass


class Bucket:
    """As many tokens as the rate allows since the last look, a tenth of a second's worth at most."""

    def __init__(self, rate):
        self.rate, self.tokens, self.last = rate, rate / 10, time.monotonic()

    def take(self):
        now = time.monotonic()
        self.tokens = min(self.rate / 10, self.tokens + (now - self.last) * self.rate)
        self.last = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def main():
    udp, tcp = sockets()
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    bucket = Bucket(options.rate) if options.rate else None
    selector = selectors.DefaultSelector()
    selector.register(udp, selectors.EVENT_READ)
    selector.register(tcp, selectors.EVENT_READ)
    udp.setblocking(False)
    print(udp.getsockname()[1], flush=True)
    while True:
        for key, _ in selector.select():
            if key.fileobj is tcp:
                serve_tcp(tcp.accept()[0])
                continue
            try:
                while True:
                    query, peer = udp.recvfrom(4096)
                    if (bucket and not bucket.take()) or random.random() < options.drop:
                        continue
                    if options.delay:
                        time.sleep(options.delay)
                    reply = answer(query, True)
                    if reply:
                        udp.sendto(reply, peer)
            except BlockingIOError:
                pass


main()
