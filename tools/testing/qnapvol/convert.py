#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Gives a stock volume group with a thin pool the form that QNAP's kernel would have given it.

	convert.py [--tiers=empty|identity|mixed] [--zeroed=DEVICE:FIRST-LAST]... DIR OUT

DIR has what the guest found on an array: head, its first MiB with LVM's label and ring, and
metadata.xml, what thin_dump says of the pool. OUT gets what has to be done to the array:

head, tmeta	new contents
commands	lines "write FILE BYTE", "copy FROM TO BYTES" and "trash AT BYTES", places in the array
data.table	the pool's data as a table for device mapper, with ARRAY for the array
volumes		lines "NAME DEVICE SECTORS", the thin volumes
vgtext		the new description, as the box keeps it in a file

This shares nothing with what reads the result: it is written from the description of the format
alone, so that a mistake of one does not hide one of the other.
"""

import argparse
import os
import re
import struct
import sys
import xml.etree.ElementTree

SECTOR = 512
MIB = 1 << 20
BLOCK = 8192
TIER_BLOCK = 4 * MIB
BACKUPS = 128
MAGIC = 27022010
NEEDS_BACKUP, FAST_CLONE = 1 << 31, 1 << 30
# What a checksum is combined with, by what is in the block.
SUPERBLOCK, NODE, INDEX, BITMAP = 160774, 121107, 160478, 240779
NO_ORIGIN = (1 << 64) - 1
# Nodes are left as good as empty, so that few mappings make a deep tree.
NODE_FILL = 6


def crc_table(polynomial):
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table


CRC32 = crc_table(0xEDB88320)
CRC32C = crc_table(0x82F63B78)


def crc(table, start, data):
    for byte in data:
        start = start >> 8 ^ table[(start ^ byte) & 255]
    return start


def sealed(block, kind, number):
    """The block with its number and its checksum."""
    block = block[:8] + struct.pack("<Q", number) + block[16:]
    block = block.ljust(BLOCK, b"\0")
    return struct.pack("<I", crc(CRC32C, 0xFFFFFFFF, block[4:]) ^ kind) + block[4:]


class Metadata:
    """Blocks of a pool's metadata, written one after the other; block 0 is the superblock."""

    def __init__(self, num_blocks):
        self.num_blocks = num_blocks
        self.blocks = {}
        self.next = 1
        self.known = {}
        self.counts = {0: 1}

    def take(self):
        self.counts[self.next] = 1
        self.next += 1
        return self.next - 1

    def node(self, internal, keys, values, size):
        """Equal nodes of mappings are one node, as they are between snapshots."""
        most = (BLOCK - 32) // (8 + size) // 3 * 3
        body = struct.pack("<IIII", len(keys), most, size, 0)
        body += b"".join(struct.pack("<Q", key) for key in keys).ljust(8 * most, b"\0")
        body += b"".join(values)
        known = self.known.get((internal, body)) if keys and size == 8 else None
        if known:
            self.counts[known] += 1
            return known, False
        number = self.take()
        flags = 1 if internal else 2
        block = struct.pack("<IIQ", 0, flags, 0) + body
        self.blocks[number] = sealed(block, NODE, number)
        self.known[internal, body] = number
        return number, True

    def tree(self, entries, size, on_new=lambda keys: None):
        """Entries are (key, packed value), in order. Tells on_new of the keys of each new leaf."""
        level = []
        for first in range(0, max(len(entries), 1), NODE_FILL):
            part = entries[first:first + NODE_FILL]
            keys = [key for key, _ in part]
            number, is_new = self.node(False, keys, [value for _, value in part], size)
            if is_new:
                on_new(keys)
            level.append((keys[0] if keys else 0, number))
        while len(level) > 1:
            level = self.parents(level)
        return level[0][1]

    def parents(self, level):
        above = []
        for first in range(0, len(level), NODE_FILL):
            part = level[first:first + NODE_FILL]
            keys = [key for key, _ in part]
            number, is_new = self.node(True, keys, [struct.pack("<Q", n) for _, n in part], 8)
            if not is_new:
                for _, child in part:
                    self.counts[child] -= 1
            above.append((keys[0], number))
        return above

    def bitmap(self, counts, first, number_of):
        """A bitmap of the reference counts from first on, and its entry in the index."""
        words = bytearray(BLOCK - 16)
        used = 0
        for entry in range(number_of):
            count = min(counts.get(first + entry, 0), 3)
            used += count > 0
            words[entry // 4] |= (count >> 1 | (count & 1) << 1) << entry % 4 * 2
        number = self.take()
        self.blocks[number] = sealed(bytes(16) + bytes(words), BITMAP, number)
        return struct.pack("<QII", number, number_of - used, 0)

    def bitmaps(self, counts, total):
        each = (BLOCK - 16) * 4
        return [(i, self.bitmap(counts, i * each, min(each, total - i * each)))
                for i in range((total + each - 1) // each)]

    def large_counts(self, counts):
        return self.tree([(n, struct.pack("<I", counts[n])) for n in sorted(counts)
                          if counts[n] > 2], 4)

    def space_map(self, counts, total):
        """Root of the space map of a data device."""
        root = self.tree(self.bitmaps(counts, total), 16)
        used = sum(1 for count in counts.values() if count)
        return struct.pack("<QQQQ", total, used, root, self.large_counts(counts))

    def own_space_map(self):
        """The same for the metadata itself. Its own blocks count: they are taken beforehand."""
        large = self.large_counts(self.counts)
        number = self.take()
        # The bitmap comes next, and is in use as well.
        counts = {**self.counts, self.next: 1}
        entries = b"".join(entry for _, entry in self.bitmaps(counts, self.num_blocks))
        self.blocks[number] = sealed(bytes(16) + entries, INDEX, number)
        return struct.pack("<QQQQ", self.num_blocks, self.next, number, large)

    def image(self):
        data = bytearray(self.num_blocks * BLOCK)
        for number, block in self.blocks.items():
            data[number * BLOCK:(number + 1) * BLOCK] = block
        return bytes(data)


def superblock(fields, number=0):
    """Fields have the names of the format; what is not named is 0."""
    block = bytearray(BLOCK)

    def put(where, kind, name):
        struct.pack_into("<" + kind, block, where, fields.get(name, 0))

    put(4, "I", "flags")
    struct.pack_into("<Q", block, 32, MAGIC)
    for where, name in ((40, "version"), (44, "time"), (336, "data_block_size"),
                        (340, "metadata_block_size"), (388, "tier_num"),
                        (400, "tier_block_size")):
        put(where, "I", name)
    for where, name in ((48, "trans_id"), (320, "mapping_root"), (328, "details_root"),
                        (344, "metadata_nr_blocks"), (364, "backup_id"), (380, "clone_root"),
                        (392, "pool_mapping_root")):
        put(where, "Q", name)
    for where, name in ((64, "data_sm"), (104, "tier0_sm"), (144, "tier1_sm"),
                        (192, "metadata_sm"), (232, "tier2_sm")):
        block[where:where + 32] = fields.get(name, bytes(32))
    return sealed(bytes(block), SUPERBLOCK, number)


class Pool:
    """What thin_dump says: mappings as {device: {chunk: (block, time)}}, and the details."""

    def __init__(self, path):
        root = xml.etree.ElementTree.parse(path).getroot()
        self.time = int(root.get("time"))
        self.transaction = int(root.get("transaction"))
        self.chunk = int(root.get("data_block_size"))
        self.num_blocks = int(root.get("nr_data_blocks"))
        self.details = {}
        self.mappings = {}
        for device in root.iter("device"):
            number = int(device.get("dev_id"))
            self.details[number] = tuple(int(device.get(name)) for name in (
                "mapped_blocks", "transaction", "creation_time", "snap_time"))
            self.mappings[number] = dict(self.chunks_of(device))

    @staticmethod
    def chunks_of(device):
        for mapping in device:
            chunk = int(mapping.get("origin_block", mapping.get("origin_begin")))
            block = int(mapping.get("data_block", mapping.get("data_begin")))
            for i in range(int(mapping.get("length", 1))):
                yield chunk + i, (block + i, int(mapping.get("time")))

    def used_tier_blocks(self):
        each = TIER_BLOCK // SECTOR // self.chunk
        return sorted({block // each for chunks in self.mappings.values()
                       for block, _ in chunks.values()})


def place_tier_blocks(kind, used, tier_sizes):
    """Where each block of the pool is: {block: (tier, block of the tier)}."""
    if kind == "empty":
        return {}
    places = {block: (2, block) for block in used}
    if kind == "mixed":
        for i, block in enumerate(used):
            if i % 3 == 0 and i // 3 < tier_sizes[0]:
                places[block] = (0, i // 3)
            elif i % 3 == 1:
                places[block] = (2, tier_sizes[2] - 1 - i // 3)
    targets = sorted(places.values())
    assert len(targets) == len(set(targets)), "two blocks of the pool at one place"
    return places


def write_metadata(pool, zeroed, places, tier_sizes, origins, num_blocks):
    """The whole metadata device, of version 4."""
    metadata = Metadata(num_blocks)
    counts = {}
    roots = []
    for device, chunks in sorted(pool.mappings.items()):
        def count(keys, chunks=chunks):
            for key in keys:
                counts[chunks[key][0]] = counts.get(chunks[key][0], 0) + 1

        entries = [(chunk, struct.pack("<Q", block << 24 |
                                       ((device, chunk) in zeroed) << 22 | time))
                   for chunk, (block, time) in sorted(chunks.items())]
        roots.append((device, struct.pack("<Q", metadata.tree(entries, 8, count))))
    details = [(device, struct.pack("<QQIIIQQ", *values, 0, NO_ORIGIN,
                                    origins.get(device, NO_ORIGIN)))
               for device, values in sorted(pool.details.items())]
    tiers = [(block, struct.pack("<Q", tier << 61 | at << 24))
             for block, (tier, at) in sorted(places.items())]
    fields = {
        "flags": NEEDS_BACKUP | FAST_CLONE, "version": 4, "time": pool.time,
        "trans_id": pool.transaction, "data_block_size": pool.chunk,
        "metadata_block_size": BLOCK // SECTOR, "tier_num": 3,
        "tier_block_size": TIER_BLOCK // SECTOR,
        # As the kernel does it: in units of 4 KiB, whatever the size of a block.
        "metadata_nr_blocks": num_blocks * BLOCK // 4096, "backup_id": 2,
        "mapping_root": metadata.tree(roots, 8), "details_root": metadata.tree(details, 44),
        "clone_root": metadata.tree([], 4), "pool_mapping_root": metadata.tree(tiers, 8),
        "data_sm": metadata.space_map(counts, pool.num_blocks),
    }
    for tier in range(3):
        taken = {at: 1 for t, at in places.values() if t == tier}
        fields[f"tier{tier}_sm"] = metadata.space_map(taken, tier_sizes[tier])
    fields["metadata_sm"] = metadata.own_space_map()
    add_superblocks(metadata, fields)
    return metadata.image()


def add_superblocks(metadata, fields):
    metadata.blocks[0] = superblock(fields)
    first = metadata.num_blocks - BACKUPS
    assert metadata.next <= first, "the metadata device is too small"
    for number in range(first, metadata.num_blocks - 1):
        metadata.blocks[number] = superblock({}, number)
    metadata.blocks[metadata.num_blocks - 1] = superblock(fields, metadata.num_blocks - 1)


class Head:
    """The first MiB of an array: label, header of the ring, texts."""

    RING = 4096
    CRC_START = 0xF597A6CF

    def __init__(self, data):
        self.data = bytearray(data)
        self.size = struct.unpack_from("<Q", data, self.RING + 32)[0]
        self.offset, self.length = struct.unpack_from("<QQ", data, self.RING + 40)
        assert self.offset + self.length <= self.size, "the text is wrapped around"
        start = self.RING + self.offset
        self.text = data[start:start + self.length].rstrip(b"\0").decode()

    def write(self, text):
        """Behind the present one, as LVM does it: the generations before stay where they are."""
        text = text.encode() + b"\0"
        at = (self.offset + self.length + SECTOR - 1) // SECTOR * SECTOR
        assert at + len(text) <= self.size, "the ring is full"
        self.data[self.RING + at:self.RING + at + len(text)] = text
        struct.pack_into("<QQII", self.data, self.RING + 40, at, len(text),
                         crc(CRC32, self.CRC_START, text), 0)
        header = self.data[self.RING + 4:self.RING + SECTOR]
        struct.pack_into("<I", self.data, self.RING, crc(CRC32, self.CRC_START, header))


def volume(text, name):
    """The section of a logical volume: it ends behind that of its only segment."""
    return re.search(rf"^{re.escape(name)} {{\n.*?^}}\n}}\n", text, re.M | re.S).group(0)


def number_in(text, key):
    return int(re.search(rf"^{key} = (\d+)", text, re.M).group(1))


def linear_areas(text):
    """(first extent, number of extents) of each linear volume."""
    return [(int(start), int(count)) for count, start in re.findall(
        r'extent_count = (\d+)\n\ntype = "striped"\nstripe_count = 1\n\n'
        r'stripes = \[\n"pv0", (\d+)\n', text)]


TIER_VOLUME = """
tp1_tierdata_{tier} {{
id = "TiErD{tier}-taZe-roQN-APre-adOn-lyTe-stAAAA"
status = ["READ", "WRITE"]
flags = []
creation_time = 1600000000
creation_host = "NAS"
segment_count = 1

segment1 {{
start_extent = 0
extent_count = {count}

type = "striped"
stripe_count = 1

stripes = [
"pv0", {start}
]
}}
}}
"""

# How the pool's segment may name its tiers is not known for sure: a reader has to take them all.
POOL_KEYS = {
    "empty": 'pool = "tp1_tierdata_2"\ntier_num = 3\nenable_map = 4',
    "identity": 'tiers = ["tp1_tierdata_0", "tp1_tierdata_1", "tp1_tierdata_2"]',
    "mixed": 'tier0 = "tp1_tierdata_0"\ntier1 = "tp1_tierdata_1"\ntier2 = "tp1_tierdata_2"\n'
             'enable_map = 7\nbypass_off = 1',
}


class Group:
    """Description of a volume group, and where things are in the array."""

    def __init__(self, text):
        self.text = text
        self.extent = number_in(text, "extent_size") * SECTOR
        self.start = number_in(text, "pe_start") * SECTOR
        self.metadata = self.area("tp1_tmeta")
        self.data = self.area("tp1_tdata")

    def area(self, name):
        """(first byte, length) of a linear volume."""
        ((start, count),) = linear_areas(volume(self.text, name))
        return self.start + start * self.extent, count * self.extent

    def thin_volumes(self):
        """{name: (device, sectors, name of the origin or None)}"""
        volumes = {}
        for name in re.findall(r"^(\w+) {\nid = ", self.text, re.M)[1:]:
            if name == "pv0" or "device_id" not in volume(self.text, name):
                continue
            lv = volume(self.text, name)
            origin = re.search(r'^origin = "(.*)"', lv, re.M)
            volumes[name] = (number_in(lv, "device_id"),
                             number_in(lv, "extent_count") * self.extent // SECTOR,
                             origin and origin.group(1))
        return volumes

    def origins(self):
        """{device: device that it is a snapshot of}"""
        volumes = self.thin_volumes()
        return {device: volumes[origin][0] for device, _, origin in volumes.values() if origin}

    def add_tiers(self, sizes):
        """Tiers 0 and 1, which a stock pool does not have, behind all that is there."""
        start = max(sum(area) for area in linear_areas(self.text))
        volumes = ""
        for tier, count in enumerate(sizes):
            volumes += TIER_VOLUME.format(tier=tier, count=count, start=start)
            start += count
        assert start <= number_in(self.text, "pe_count"), "there is no room for the tiers"
        self.change(self.text, "}\n\n}\n# Generated", f"{volumes}}}\n\n}}\n# Generated")

    def change(self, within, old, new):
        assert old in within, f"there is no {old}"
        self.text = self.text.replace(within, within.replace(old, new, 1))

    def change_volume(self, name, old, new):
        self.change(volume(self.text, name), old, new)

    def convert(self, kind, tier_sizes):
        sequence = number_in(self.text, "seqno")
        self.change(self.text, f"seqno = {sequence}\n", f"seqno = {sequence + 1}\n")
        self.text = self.text.replace("tp1_tdata", "tp1_tierdata_2")
        self.add_tiers(tier_sizes)
        self.change_volume("tp1", "flags = []", 'flags = ["ERROR_WHEN_FULL"]')
        self.change_volume("tp1", '"thin-pool"', '"tier-thin-pool"')
        self.change_volume("tp1", 'pool = "tp1_tierdata_2"', POOL_KEYS[kind])
        for name in "lv1", "lv2":
            self.change_volume(name, '"thin"', '"thick"')


def tier_commands(places, starts):
    """Moves the blocks that are not where a stock pool has them, and spoils where they were."""
    moves = [(starts[2] + block * TIER_BLOCK, starts[tier] + at * TIER_BLOCK)
             for block, (tier, at) in sorted(places.items()) if (tier, at) != (2, block)]
    for old, new in moves:
        yield f"copy {old} {new} {TIER_BLOCK}"
    for old, _ in moves:
        yield f"trash {old} {TIER_BLOCK}"


def data_table(pool, places, starts):
    """The pool's data device, made of what the tiers have."""
    size = pool.num_blocks * pool.chunk
    if not places:
        return f"0 {size} linear ARRAY {starts[2] // SECTOR}\n"
    each = TIER_BLOCK // SECTOR
    rows = ""
    for block in range((size + each - 1) // each):
        length = min(each, size - block * each)
        target = "error"
        if block in places:
            tier, at = places[block]
            target = f"linear ARRAY {(starts[tier] + at * TIER_BLOCK) // SECTOR}"
        rows += f"{block * each} {length} {target}\n"
    return rows


def zeroed_range(text):
    device, first, last = map(int, re.fullmatch(r"(\d+):(\d+)-(\d+)", text).groups())
    return {(device, chunk) for chunk in range(first, last + 1)}


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiers", choices=sorted(POOL_KEYS), default="empty")
    parser.add_argument("--zeroed", type=zeroed_range, default=set())
    parser.add_argument("dir")
    parser.add_argument("out")
    return parser.parse_args()


def main():
    arguments = parse_arguments()

    def put(name, data):
        with open(os.path.join(arguments.out, name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    with open(os.path.join(arguments.dir, "head"), "rb") as file:
        head = Head(file.read())
    pool = Pool(os.path.join(arguments.dir, "metadata.xml"))
    group = Group(head.text)
    tier_sizes = (8, 1, group.data[1] // TIER_BLOCK)
    places = place_tier_blocks(arguments.tiers, pool.used_tier_blocks(), tier_sizes)
    group.convert(arguments.tiers, tier_sizes[:2])
    starts = [group.area(f"tp1_tierdata_{tier}")[0] for tier in range(3)]

    os.makedirs(arguments.out, exist_ok=True)
    head.write(group.text)
    put("head", bytes(head.data))
    put("tmeta", write_metadata(pool, arguments.zeroed, places, tier_sizes, group.origins(),
                                group.metadata[1] // BLOCK))
    put("commands", "\n".join([*tier_commands(places, starts), f"write tmeta {group.metadata[0]}",
                               "write head 0", ""]))
    put("data.table", data_table(pool, places, starts))
    put("volumes", "".join(f"{name} {device} {sectors}\n" for name, (device, sectors, _)
                           in group.thin_volumes().items()))
    put("vgtext", group.text.rstrip("\0"))
    return 0


sys.exit(main())
