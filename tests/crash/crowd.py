"""A crowd of 64 people who ask support questions, each in a closed loop over a
connection of their own: get a page for its nonce, post, wait for the answer.

What the server said to each post is kept, since it is a promise:
    STORED   303: it is stored, and stays so whatever happens next
    REFUSED  503, or an error page that says that nothing was stored: it is not
    UNKNOWN  no answer, or one that says so: stored or not, and sent again with
             the same nonce it is stored exactly once
"""
import asyncio
import re
import urllib.parse

CLIENTS = 64
LOG_INS = ("medarbejder", "skoleleder", "konsulent", "skolechef")  # of the demonstration region
PASSWORD = "tre-ord-til-demo"
STORED, REFUSED, UNKNOWN = "stored", "refused", "unknown"

NONCE = re.compile(rb'name="_nonce" value="([0-9a-f]{64})"')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
COOKIE = re.compile(rb"\r\nset-cookie: *(traad=[^;\r]+)", re.I)
NOT_STORED = "er ikke gemt".encode()
BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Post:
    def __init__(self, marker, cookie, nonce):
        self.marker, self.cookie, self.nonce = marker, cookie, nonce
        self.promise = UNKNOWN


class Line:
    """One connection; opened when it is needed, gone after the first fault."""

    def __init__(self, port):
        self.port, self.streams = port, None

    async def ask(self, method, path, cookie=b"", body=b""):
        try:
            return await asyncio.wait_for(self._ask(method, path, cookie, body), 30)
        except (*BROKEN, asyncio.TimeoutError):
            self.close()
            return 0, b"", b""

    async def _ask(self, method, path, cookie, body):
        if not self.streams:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        incoming, outgoing = self.streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookie.decode()}\r\n"
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        outgoing.write(head.encode() + b"\r\n" + body)
        head = await incoming.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await incoming.readexactly(int(length[1]) if length else 0)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12]), head, body

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None


class Crowd:
    def __init__(self, prefix):
        self.prefix, self.posts, self.cookies = prefix, [], []
        self.port, self.stopping = 0, False

    async def sign_in(self, port):
        """Once: the sessions lie in the store and outlive every crash."""
        self.port = port
        line = Line(port)
        for login in LOG_INS:
            body = urllib.parse.urlencode({"login": login, "password": PASSWORD}).encode()
            status, head, _ = await line.ask("POST", "/log-ind", body=body)
            cookie = COOKIE.search(head)
            if status != 303 or not cookie:
                raise RuntimeError(f"{login} cannot sign in: status {status}")
            self.cookies.append(cookie[1])
        line.close()

    async def send(self, line, post):
        fields = {"_nonce": post.nonce, "subject": post.marker, "body": "Hvor finder jeg sidste års rapport?"}
        status, _, body = await line.ask("POST", "/support", post.cookie, urllib.parse.urlencode(fields).encode())
        post.promise = {303: STORED, 503: REFUSED}.get(status, UNKNOWN)
        if status == 500 and NOT_STORED in body:
            post.promise = REFUSED
        if status not in (0, 303, 500, 503):
            raise RuntimeError(f"POST /support: status {status}")
        return status

    async def _client(self, cookie):
        line, nonces = Line(self.port), []
        while not self.stopping:
            if not nonces:
                status, _, body = await line.ask("GET", "/support", cookie)
                nonces = [n.decode() for n in NONCE.findall(body)] if status == 200 else []
            if not nonces:  # the server is gone, or in trouble
                await asyncio.sleep(0.05)
                continue
            post = Post(f"{self.prefix}-{len(self.posts)}", cookie, nonces.pop())
            self.posts.append(post)
            if await self.send(line, post) != 303:
                await asyncio.sleep(0.02)
        line.close()

    async def during(self, port, trouble):
        """All of them at work while `trouble` (a coroutine) happens."""
        self.port, self.stopping = port, False
        clients = [asyncio.create_task(self._client(self.cookies[i % len(self.cookies)])) for i in range(CLIENTS)]
        try:
            return await trouble
        finally:
            self.stopping = True
            await asyncio.gather(*clients)

    async def send_again(self, port, posts):
        """Every one of these with the nonce it had; all must be stored after it."""
        lines = [Line(port) for _ in range(16)]
        waiting = list(posts)

        async def sender(line):
            while waiting:
                post = waiting.pop()
                status = await self.send(line, post)
                if status != 303:
                    raise RuntimeError(f"{post.marker} sent again: status {status} instead of 303")

        await asyncio.gather(*(sender(line) for line in lines))
        for line in lines:
            line.close()

    def with_promise(self, promise):
        return [p for p in self.posts if p.promise == promise]

    def count(self, promise):
        return len(self.with_promise(promise))
