"""Makes Parquet files of later days out of files of some days: the same rows, with another time in each.

    shifted(source, target, column, shift)

All bytes are copied but those that hold times: the pages of `column` (64-bit, DELTA_BINARY_PACKED, ZSTD) get another first value and are
compressed again; bounds in page headers, page index and footer, checksums and offsets follow. What comes out is what a writer would
have written for rows that are `shift` units later, at the speed of the disk. Thrift's compact protocol is read into trees and
written from them: a struct is a list of [field id, type, value]. Not for other layouts than those that artemis writes.
"""
import struct
import zlib

import pyarrow as pa

BOOL_TRUE, BOOL_FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
DATA_PAGE, DATA_PAGE_V2 = 0, 3
DELTA_BINARY_PACKED, ZSTD, OPTIONAL = 5, 6, 1


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def varint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def zigzag(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def value(self, kind):
        if kind in (I16, I32, I64):
            return self.zigzag()
        if kind == BINARY:
            size = self.varint()
            self.at += size
            return bytes(self.data[self.at - size:self.at])
        if kind == STRUCT:
            return self.struct()
        if kind == LIST:
            head = self.data[self.at]
            self.at += 1
            count = head >> 4 if head >> 4 != 15 else self.varint()
            return (head & 15, [self.value(head & 15) for _ in range(count)])
        if kind in (BOOL_TRUE, BOOL_FALSE, BYTE):
            self.at += 1
            return self.data[self.at - 1]
        raise ValueError(f"thrift type {kind}")

    def struct(self):
        fields, last = [], 0
        while (head := self.data[self.at]) != 0:
            self.at += 1
            last = last + (head >> 4) if head >> 4 else self.zigzag()
            kind = head & 15
            fields.append([last, kind, None if kind in (BOOL_TRUE, BOOL_FALSE) else self.value(kind)])
        self.at += 1
        return fields


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def encoded(kind, value):
    if kind in (I16, I32, I64):
        return zigzag(value)
    if kind == BINARY:
        return varint(len(value)) + value
    if kind == STRUCT:
        out, last = bytearray(), 0
        for field, field_kind, field_value in value:
            step = field - last
            out += bytes([step << 4 | field_kind]) if 0 < step < 16 else bytes([field_kind]) + zigzag(field)
            if field_value is not None:
                out += encoded(field_kind, field_value)
            last = field
        return bytes(out) + b"\0"
    if kind == LIST:
        of, values = value
        head = bytes([len(values) << 4 | of]) if len(values) < 15 else bytes([15 << 4 | of]) + varint(len(values))
        return head + b"".join(encoded(of, each) for each in values)
    return bytes([value])


def get(fields, wanted, default=None):
    return next((value for field, _, value in fields if field == wanted), default)


def put(fields, wanted, value):
    next(each for each in fields if each[0] == wanted)[2] = value


def later(bound, shift):
    return struct.pack("<q", struct.unpack("<q", bound)[0] + shift)


def shift_statistics(statistics, shift):
    for field in statistics or []:
        if field[0] in (1, 2, 5, 6):
            field[2] = later(field[2], shift)


def shifted_values(data, shift):
    reader = Reader(data)
    for _ in range(3):
        reader.varint()
    first = reader.at
    value = reader.zigzag()
    return data[:first] + zigzag(value + shift) + data[reader.at:]


def shifted_page(header, body, is_optional, shift):
    """The page's header and body with later values."""
    codec = pa.Codec("zstd", compression_level=3)
    size = get(header, 2)
    if get(header, 1) == DATA_PAGE:
        inner, levels_are_inside = get(header, 5), True
        encoding, levels, is_compressed = get(inner, 2), b"", True
    elif get(header, 1) == DATA_PAGE_V2:
        inner, levels_are_inside = get(header, 8), False
        encoding, length = get(inner, 4), get(inner, 5) + get(inner, 6)
        levels, body = body[:length], body[length:]
        is_compressed = next((kind == BOOL_TRUE for field, kind, _ in inner if field == 7), True)
        size -= length
    else:
        raise ValueError("a page of neither version")
    if encoding != DELTA_BINARY_PACKED:
        raise ValueError(f"encoding {encoding}, not DELTA_BINARY_PACKED")
    data = codec.decompress(body, size).to_pybytes() if is_compressed else body
    skip = 4 + struct.unpack("<I", data[:4])[0] if levels_are_inside and is_optional else 0
    data = data[:skip] + shifted_values(data[skip:], shift)
    shift_statistics(get(inner, 5 if levels_are_inside else 8), shift)
    packed = levels + (codec.compress(data).to_pybytes() if is_compressed else data)
    put(header, 2, len(levels) + len(data))
    put(header, 3, len(packed))
    if get(header, 4) is not None:
        crc = zlib.crc32(packed)
        put(header, 4, crc - (1 << 32) if crc >= 1 << 31 else crc)
    return encoded(STRUCT, header) + packed


def shifted_chunk(data, begin, metadata, is_optional, shift):
    """The chunk's bytes, and for each page where it was, where it is (both from the chunk's begin), and its size."""
    if get(metadata, 4) != ZSTD:
        raise ValueError("the times are not compressed with ZSTD")
    out, pages, at = bytearray(), [], begin
    end = begin + get(metadata, 7)
    uncompressed = 0
    while at < end:
        reader = Reader(data, at)
        header = reader.struct()
        body = bytes(data[reader.at:reader.at + get(header, 3)])
        page = shifted_page(header, body, is_optional, shift)
        pages.append((at - begin, len(out), len(page)))
        uncompressed += len(page) - get(header, 3) + get(header, 2)
        out += page
        at = reader.at + len(body)
    put(metadata, 6, uncompressed)
    return bytes(out), pages


def shifted(source, target, column, shift):
    with open(source, "rb") as file:
        data = memoryview(file.read())
    footer_size = struct.unpack("<I", data[-8:-4])[0]
    footer_at = len(data) - 8 - footer_size
    footer = Reader(data, footer_at).struct()
    leaves = [each for each in get(footer, 2)[1] if get(each, 1) is not None]
    leaf = next(i for i, each in enumerate(leaves) if get(each, 4) == column.encode())
    is_optional = get(leaves[leaf], 3) == OPTIONAL

    # In the order of the file: pieces that are replaced.
    replaced, places = [], {}
    for number, group in enumerate(get(footer, 4)[1]):
        chunk = get(group, 1)[1][leaf]
        metadata = get(chunk, 3)
        begin, size = get(metadata, 9), get(metadata, 7)
        piece, pages = shifted_chunk(data, begin, metadata, is_optional, shift)
        replaced.append((begin, begin + size, piece))
        places[number] = pages
        put(metadata, 7, len(piece))
        shift_statistics(get(metadata, 12), shift)
        for field, change in ((6, len(piece) - size),):
            if get(group, field) is not None:
                put(group, field, get(group, field) + change)
    replaced.sort()

    def moved(offset):
        return offset + sum(len(piece) - (end - begin) for begin, end, piece in replaced if end <= offset)

    chunks = [(number, i, chunk) for number, group in enumerate(get(footer, 4)[1]) for i, chunk in enumerate(get(group, 1)[1])]
    indexes = [get(chunk, field) for _, _, chunk in chunks for field in (4, 6) if get(chunk, field) is not None]
    rows_end = min(indexes, default=footer_at)
    with open(target, "wb") as out:
        at = 0
        for begin, end, piece in replaced:
            out.write(data[at:begin])
            out.write(piece)
            at = end
        out.write(data[at:rows_end])
        for _, i, chunk in chunks:
            if get(chunk, 6) is None:
                continue
            index = Reader(data, get(chunk, 6)).struct()
            if i == leaf:
                for field in (2, 3):
                    kind, bounds = get(index, field)
                    put(index, field, (kind, [later(each, shift) if each else each for each in bounds]))
            put(chunk, 6, out.tell())
            put(chunk, 7, out.write(encoded(STRUCT, index)))
        for number, i, chunk in chunks:
            if get(chunk, 4) is None:
                continue
            index = Reader(data, get(chunk, 4)).struct()
            begin = get(get(chunk, 3), 9)
            was = {old: (new, size) for old, new, size in places[number]}
            for page in get(index, 1)[1]:
                if i == leaf:
                    new, size = was[get(page, 1) - begin]
                    put(page, 1, moved(begin) + new)
                    put(page, 2, size)
                else:
                    put(page, 1, moved(get(page, 1)))
            put(chunk, 4, out.tell())
            put(chunk, 5, out.write(encoded(STRUCT, index)))
        for group in get(footer, 4)[1]:
            if get(group, 5):
                put(group, 5, moved(get(group, 5)))
        for _, _, chunk in chunks:
            if get(chunk, 2):
                put(chunk, 2, moved(get(chunk, 2)))
            for field in (9, 10, 11, 14):
                if get(get(chunk, 3), field):
                    put(get(chunk, 3), field, moved(get(get(chunk, 3), field)))
        size = out.write(encoded(STRUCT, footer))
        out.write(struct.pack("<I", size) + b"PAR1")
