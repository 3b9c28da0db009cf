#!/usr/bin/python3
"""A real SMTP server (Debian's python3-aiosmtpd) for one test.

    smtp_server.py FOLDER

Prints its port on one line, keeps each message it takes as FOLDER/N.eml, and
ends when its standard input does. Recipients tell it what to do (tests/smtp.h).
Exit status 77: aiosmtpd is not installed.
"""
import asyncio
import pathlib
import sys

try:
    from aiosmtpd.controller import Controller
except ModuleNotFoundError:
    sys.exit(77)


class Keeper:
    def __init__(self, folder):
        self.folder, self.n, self.seen = pathlib.Path(folder), 0, set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.7.1 try again later"
        if address.startswith("once@") and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 greylisted, try again later"
        if address.startswith("broken@"):
            server.transport.abort()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.n += 1
        head = f"{envelope.mail_from} > {' '.join(envelope.rcpt_tos)}\r\n".encode()
        name = self.folder / f"{self.n}.eml"
        name.with_suffix(".part").write_bytes(head + envelope.original_content)
        name.with_suffix(".part").rename(name)
        if envelope.rcpt_tos[0].startswith("lost@"):
            server.transport.abort()
        if envelope.rcpt_tos[0].startswith("slow@"):
            await asyncio.sleep(30)
        return "250 OK"


class AnyPort(Controller):
    """aiosmtpd looks at its port before it knows which one it got."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def main():
    controller = AnyPort(Keeper(sys.argv[1]), hostname="127.0.0.1", port=0)
    controller.start()
    print(controller.port, flush=True)
    sys.stdin.read()
    controller.stop()


main()
