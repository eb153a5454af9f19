#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Brings a device tree into a form in which equal trees are equal texts.

usage: dtb-canonical.py [--references|--fixups] DTB

Prints a sorted line for each node ("PATH"), property ("PATH: NAME = VALUE") and label
("label NAME = PATH"). What has no meaning is gone: the order, the numbers of phandles, which are
replaced by the node that they point to, and the names of what is known by its contents alone. That
is a group of pins, which is replaced by its pins, and a trip of a thermal zone.

--references prints where phandles were found instead, a line "PATH:NAME:OFFSET" for each;
--fixups prints where the compiler says that they are, in a tree compiled as a plugin.

It must be Debian's own Python, which libfdt comes with.
"""

import re
import struct
import sys

import libfdt

# By the property, which property of the node that it points to has the number of cells that follow.
# As in drivers/of/property.c and in scripts/dtc/checks.c of the kernel.
FOLLOWED = {
    "assigned-clock-parents": "#clock-cells",
    "assigned-clocks": "#clock-cells",
    "clocks": "#clock-cells",
    "cooling-device": "#cooling-cells",
    "dmas": "#dma-cells",
    "gpio": "#gpio-cells",
    "gpios": "#gpio-cells",
    "interrupts-extended": "#interrupt-cells",
    "io-channels": "#io-channel-cells",
    "iommus": "#iommu-cells",
    "mboxes": "#mbox-cells",
    "msi-parent": "#msi-cells",
    "nvmem-cells": "#nvmem-cell-cells",
    "phys": "#phy-cells",
    "power-domains": "#power-domain-cells",
    "pwms": "#pwm-cells",
    "resets": "#reset-cells",
    "sound-dai": "#sound-dai-cells",
    "thermal-sensors": "#thermal-sensor-cells",
}

# Phandles alone, or with this many cells after each.
FIXED = {
    "extcon": 0,
    "gpio-ranges": 3,
    "interrupt-affinity": 0,
    "interrupt-parent": 0,
    "next-level-cache": 0,
    "operating-points-v2": 0,
    "phy-handle": 0,
    "pm_qos": 0,
    "ports": 0,
    "post-init-providers": 0,
    "shmem": 0,
    "snps,axi-config": 0,
    "snps,mtl-rx-config": 0,
    "snps,mtl-tx-config": 0,
    "trip": 0,
}


class Broken(Exception):
    """A tree that contradicts itself."""


class Node:
    """A node, with its properties as bytes."""

    def __init__(self, name, parent):
        self.name = name
        self.parent = parent
        self.children = []
        self.properties = {}

    def cell(self, name, default=None):
        """The only cell of a property."""
        if name not in self.properties:
            if default is None:
                raise Broken(f"{self.path()} lacks {name}")
            return default
        return struct.unpack(">I", self.properties[name])[0]

    def path(self):
        """Path by contents, where the names say nothing."""
        if self.parent is None:
            return "/"
        return self.parent.path().rstrip("/") + "/" + self.title()

    def title(self):
        """Name in the path."""
        if self.parent.name == "trips":
            return f"{text(self.properties['type'])}-{self.cell('temperature')}"
        return self.name

    def real_path(self):
        """Path by names."""
        if self.parent is None:
            return "/"
        return self.parent.real_path().rstrip("/") + "/" + self.name

    def walk(self):
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def child(self, name):
        """The child of that name."""
        for child in self.children:
            if child.name == name:
                return child
        raise Broken(f"{self.path()} has no {name}")

    def is_pins(self):
        """A group of pins."""
        return "rockchip,pins" in self.properties

    def is_folder_of_pins(self):
        """A node that only holds groups of pins together."""
        return bool(self.children) and not self.properties and \
            all(child.is_pins() for child in self.children)


def text(value):
    """The only string of a property."""
    return value.rstrip(b"\0").decode("ascii")


def cells(value):
    """Numbers of a property."""
    if len(value) % 4:
        raise Broken(f"{len(value)} bytes are no cells")
    return list(struct.unpack(f">{len(value) // 4}I", value))


def read_properties(fdt, offset):
    """Properties of a node, in bytes."""
    found = {}
    at = fdt.first_property_offset(offset, libfdt.QUIET_NOTFOUND)
    while at >= 0:
        item = fdt.get_property_by_offset(at)
        found[item.name] = bytes(item)
        at = fdt.next_property_offset(at, libfdt.QUIET_NOTFOUND)
    return found


def read_node(fdt, offset=0, parent=None):
    """A node and all below it."""
    node = Node(fdt.get_name(offset), parent)
    node.properties = read_properties(fdt, offset)
    at = fdt.first_subnode(offset, libfdt.QUIET_NOTFOUND)
    while at >= 0:
        node.children.append(read_node(fdt, at, node))
        at = fdt.next_subnode(at, libfdt.QUIET_NOTFOUND)
    return node


class Tree:
    """A device tree, whose phandles lead to nodes."""

    def __init__(self, path):
        with open(path, "rb") as blob:
            self.root = read_node(libfdt.Fdt(blob.read()))
        self.by_phandle = {}
        self.by_path = {}
        # (node, property, offset) of each phandle that was followed.
        self.references = []
        for node in self.root.walk():
            self.by_path[node.real_path()] = node
            if "phandle" in node.properties:
                self.by_phandle[node.cell("phandle")] = node

    def follow(self, number, node, name, index):
        """The node of a phandle, which is the cell of that index in a property."""
        if number not in self.by_phandle:
            raise Broken(f"{node.path()}: {name} points to no node")
        self.references.append((node, name, 4 * index))
        return self.by_phandle[number]

    def target(self, number, *place):
        """How the node of a phandle is written."""
        return "&" + self.follow(number, *place).path()

    def following(self, node, name, target):
        """How many cells follow a phandle of this property."""
        if name in FIXED:
            return FIXED[name]
        counter = FOLLOWED.get(name) or "#gpio-cells"
        return target.cell(counter, 0 if counter == "#msi-cells" else None)

    def phandle_list(self, node, name, value):
        """Phandles, each with the cells that its node asks for."""
        numbers = cells(value)
        index = 0
        words = []
        while index < len(numbers):
            target = self.follow(numbers[index], node, name, index)
            end = index + 1 + self.following(node, name, target)
            words.append(" ".join(["&" + target.path()] +
                                  [number(n) for n in numbers[index + 1:end]]))
            index = end
        return "<" + ">, <".join(words) + ">"

    def lone_phandles(self, node, name, value):
        """Phandles with nothing after them."""
        return "<" + " ".join(self.target(n, node, name, i)
                              for i, n in enumerate(cells(value))) + ">"

    def id_map(self, node, name, value):
        """msi-map, iommu-map: an ID, a phandle, another ID, how many."""
        words = [self.target(n, node, name, i) if i % 4 == 1 else number(n)
                 for i, n in enumerate(cells(value))]
        return "<" + ">, <".join(" ".join(words[i:i + 4]) for i in range(0, len(words), 4)) + ">"

    def interrupt_map(self, node, name, value):
        """Address and interrupt here, a phandle, address and interrupt there."""
        numbers = cells(value)
        before = node.cell("#address-cells", 0) + node.cell("#interrupt-cells")
        index = 0
        words = []
        while index < len(numbers):
            at = index + before
            target = self.follow(numbers[at], node, name, at)
            end = at + 1 + target.cell("#address-cells", 0) + target.cell("#interrupt-cells")
            words.append(" ".join([number(n) for n in numbers[index:at]] +
                                  ["&" + target.path()] + [number(n) for n in numbers[at + 1:end]]))
            index = end
        return "<" + ">, <".join(words) + ">"

    def pins_of(self, node):
        """Pins of a group: which one, its function, and its electrical properties."""
        numbers = cells(node.properties["rockchip,pins"])
        for index in range(0, len(numbers), 4):
            bank, pin, function, config = numbers[index:index + 4]
            target = self.follow(config, node, "rockchip,pins", index + 3)
            yield f"GPIO{bank}_{'ABCD'[pin // 8]}{pin % 8} {function} {electrical(target)}"

    def pinctrl(self, node, name, value):
        """All pins of the groups."""
        found = []
        for index, phandle in enumerate(cells(value)):
            group = self.follow(phandle, node, name, index)
            found += self.pins_of(group)
        return pin_list(found)

    def decoder(self, node, name):
        """What can write this property, if it has phandles."""
        if "gpio-hog" in node.properties and name == "gpios":
            return None
        if re.fullmatch(r"pinctrl-\d+", name):
            return self.pinctrl
        if name == "interrupt-map":
            return self.interrupt_map
        if name in ("msi-map", "iommu-map"):
            return self.id_map
        if name in FOLLOWED or name.endswith(("-gpio", "-gpios")) or FIXED.get(name):
            return self.phandle_list
        if name in FIXED or name.endswith("-supply") or \
                re.fullmatch(r"rockchip,(.*-)?(usb)?(grf|pmu)", name):
            return self.lone_phandles
        return None

    def value(self, node, name):
        """How a property is written."""
        value = node.properties[name]
        decoder = self.decoder(node, name)
        if decoder and value:
            return decoder(node, name, value)
        return plain(value)

    def written_node(self, node):
        """Lines of a node, without those below it."""
        path = node.path()
        yield path
        for name in node.properties:
            if name == "phandle":
                continue
            value = self.value(node, name)
            if node.name == "aliases":
                value = self.by_path[text(node.properties[name])].path()
            yield f"{path}: {name}" + (f" = {value}" if value else "")

    def label(self, name, path):
        """Line of a label, which overlays may use."""
        node = self.by_path[path]
        return f"label {name} = " + (pin_list(self.pins_of(node)) if node.is_pins() else
                                     node.path())

    def nodes(self):
        """All nodes, but for what the compiler has added."""
        yield self.root
        for child in self.root.children:
            if not child.name.startswith("__"):
                yield from child.walk()

    def labels(self):
        """Lines of all labels."""
        for name, path in self.root.child("__symbols__").properties.items():
            yield self.label(name, text(path))

    def lines(self):
        """All of it."""
        for node in self.nodes():
            if node.is_pins():
                # Broken ones are to be seen even if nothing uses them.
                list(self.pins_of(node))
            elif not node.is_folder_of_pins():
                yield from self.written_node(node)
        yield from self.labels()

    def found_references(self):
        """Where phandles were found."""
        list(self.lines())
        for node, name, offset in self.references:
            yield f"{node.real_path()}:{name}:{offset}"

    def fixups(self):
        """Where the compiler says that they are."""
        top = self.root.child("__local_fixups__")
        for node in top.walk():
            path = node.real_path()[len(top.real_path()):] or "/"
            for name, value in node.properties.items():
                for offset in cells(value):
                    yield f"{path}:{name}:{offset}"


def electrical(config):
    """Properties of a pin, as one word."""
    return ",".join(sorted(name + (f"={number(cells(value)[0])}" if value else "")
                           for name, value in config.properties.items() if name != "phandle"))


def pin_list(pins):
    """Pins as a value. Which comes first does not matter."""
    return "[" + ", ".join(sorted(pins)) + "]"


def number(value):
    """Addresses in hexadecimal, all else as people count."""
    return f"{value:#x}" if value >= 1 << 28 else str(value)


def plain(value):
    """A property without phandles: strings, numbers or bytes, by its looks."""
    if not value:
        return ""
    if re.fullmatch(rb"([ -~]*\0)+", value) and re.search(rb"[ -~]", value):
        return ", ".join(f'"{string}"' for string in value[:-1].decode("ascii").split("\0"))
    if len(value) % 4 == 0:
        return "<" + " ".join(number(n) for n in cells(value)) + ">"
    return "[" + value.hex(" ") + "]"


def main():
    """Print the lines."""
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    tree = Tree(sys.argv[-1])
    if sys.argv[1] == "--references":
        lines = sorted(set(tree.found_references()))
    elif sys.argv[1] == "--fixups":
        lines = sorted(tree.fixups())
    else:
        lines = sorted(tree.lines())
    for line, after in zip(lines, lines[1:]):
        if line == after:
            raise Broken(f"{line} is there twice")
    print("\n".join(lines))


if __name__ == "__main__":
    try:
        main()
    except (Broken, libfdt.FdtException, OSError, KeyError, ValueError) as error:
        sys.exit(f"dtb-canonical.py: {sys.argv[-1]}: {error}")
