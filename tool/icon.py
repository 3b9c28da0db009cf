#!/usr/bin/env python3
"""The mark (a thread with three knots) as a 32 × 32 .ico → C.

Usage: icon.py OUT.c
The curve is flattened into points, and a pixel's colour is
how near it lies to them, in 4 × 4 samples. No library, the same bytes each time.
"""
import struct
import sys
import zlib

SIZE, SAMPLES, STROKE = 32, 4, 3.4
RED, WHITE = (0xA8, 0x12, 0x3E), (0xFF, 0xFF, 0xFF)
CURVES = [((3, 22), (10, 22), (9, 9), (15, 9)), ((15, 9), (21, 9), (20, 23), (25, 23)), ((25, 23), (28, 23), (28, 17), (29, 15))]
KNOTS = [(5, 22, 3.6), (15, 9, 3.6), (27, 18, 3.6)]


def flattened():
    for a, b, c, d in CURVES:
        for i in range(41):
            t = i / 40
            k = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield tuple(sum(w * p[axis] for w, p in zip(k, (a, b, c, d))) for axis in (0, 1))


POINTS = list(flattened())


def is_ink(x, y):
    if any((x - p) ** 2 + (y - q) ** 2 <= (STROKE / 2) ** 2 for p, q in POINTS):
        return True
    return any((x - p) ** 2 + (y - q) ** 2 <= r * r for p, q, r in KNOTS)


def picture():
    rows = []
    for y in range(SIZE):
        row = [0]  # no filter
        for x in range(SIZE):
            n = sum(is_ink(x + (i + 0.5) / SAMPLES, y + (j + 0.5) / SAMPLES) for i in range(SAMPLES) for j in range(SAMPLES))
            share = n / SAMPLES**2
            row += [round(w + (r - w) * share) for r, w in zip(RED, WHITE)]
        rows.append(bytes(row))
    return b"".join(rows)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main():
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(picture(), 9)) + chunk(b"IEND", b"")
    ico = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", SIZE, SIZE, 0, 0, 1, 24, len(png), 22) + png
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write('/* Made by tool/icon.py. */\n#include "feature/information/icon.h"\n\n')
        out.write("const unsigned char icon_ico[] = {" + ",".join(map(str, ico)) + "};\n")
        out.write("const ptrdiff_t icon_ico_n = sizeof icon_ico;\n")


main()
