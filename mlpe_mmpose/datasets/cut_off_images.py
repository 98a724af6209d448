"""Tells images whose end is missing from their bytes, and large ones."""

# Markers of a JPEG: start of image, start of a scan, end of image. Inside a
# scan, a byte 0xff is never followed by that of another marker.
SOI, SOS, EOI = b'\xff\xd8', b'\xff\xda', b'\xff\xd9'
PNG = b'\x89PNG'
# OpenCV crops no image with a side of 2**15 - 1 pixels or more
MAX_SIDE = 2**15 - 2


def is_cut_off(content: bytes) -> bool:
    """Whether the end of a JPEG or PNG is missing."""
    if content.startswith(PNG):
        return b'IEND' not in content
    if not content.startswith(SOI):
        return False
    # The parts of the header have lengths, and a preview inside of one has an
    # end of its own. What follows the end, as the video of a phone's motion
    # photo, may hold any bytes.
    start = len(SOI)
    while (start := content.find(b'\xff', start)) >= 0:
        if content.startswith(SOS, start):
            return content.find(EOI, start) < 0
        if content.startswith(b'\xff\xff', start):
            start += 1
            continue
        start += 2 + int.from_bytes(content[start + 2 : start + 4], 'big')
    return True
