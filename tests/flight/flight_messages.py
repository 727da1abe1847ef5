"""Messages of Flight SQL as bytes, for what pyarrow.flight has no calls for."""

TYPE_PREFIX = b"type.googleapis.com/arrow.flight.protocol.sql."


def varint(value):
    encoded = b""
    while value >= 128:
        encoded, value = encoded + bytes([value % 128 + 128]), value // 128
    return encoded + bytes([value])


def varint_field(number, value):
    return bytes([number << 3]) + varint(value)


def text_field(number, value):
    return bytes([number << 3 | 2]) + varint(len(value)) + value


def packed_bytes(name, value=b""):
    """google.protobuf.Any: type_url = 1, value = 2."""
    return text_field(1, TYPE_PREFIX + name.encode()) + (text_field(2, value) if value else b"")
